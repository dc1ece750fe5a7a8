# Rules that measure between two edges: lingnan.pdk.drc.facing and gap; the steps are numbered there.
module Facing
  module_function

  def judge(first, second, piece, limit, step, kind)
    a, b = first.whole, second.whole
    same = first.contour.equal?(second.contour)
    if %w[width space notch].include?(kind) && same && Plane.angle_deg(a, b) >= MEET_DEG
      return nil if first.contour.way(first.index, second.index) <= limit
    end
    if %w[space notch isolation].include?(kind)
      return nil if [Plane.dist(a[0], b[1]), Plane.dist(a[1], b[0])].max <= JOG * step
    end
    raw = [Plane.segment_distance(a, b), Plane.segment_distance(*piece) - step].max
    return raw < limit - 1e-6 ? raw : nil if first.exact? && second.exact?
    return nil if raw >= limit - step
    straight = first.contour.straight?(first.index) && second.contour.straight?(second.index)
    a, b = first.drawn, second.drawn
    value = Plane.segment_distance(a, b)
    gaps = straight ? Plane.overlap_gaps(a, b) : nil
    value = gaps.sum / 2 if gaps && (gaps[0] - gaps[1]).abs <= PARALLEL * step
    value < limit - step - 1e-6 ? value : nil
  end

  def pairs_of(scene, rule, limit)
    layer, other = rule["layer"], rule["other"]
    options = [false, RBA::Region::Euclidian, IGNORE_DEG, nil, nil, true]
    one, two = scene.region(layer), (rule["other"] ? scene.region(other) : nil)
    case rule["kind"]
    when "width" then [one.width_check(limit, *options), layer, layer]
    when "space" then [one.space_check(limit, *options), layer, layer]
    when "isolation" then [one.isolated_check(limit, *options), layer, layer]
    when "notch" then [one.notch_check(limit, *options), layer, layer]
    when "separation" then [one.separation_check(two, limit, *options), layer, other]
    when "enclosure" then [one.enclosed_check(two, limit, *options), layer, other]
    when "extension" then [two.enclosed_check(one, limit, *options), other, layer]
    else [one.overlap_check(two, limit, *options), layer, other]
    end
  end

  def facing(scene, rule)
    limit = rule["limit"] / scene.dbu
    pairs, first, second = pairs_of(scene, rule, (limit - 1e-6).ceil)
    pieces = []
    unless pairs.is_empty?
      bound = (limit - scene.step).ceil + 1
      near = pairs.with_distance(0, bound, false)
      exact = pairs.with_distance(0, bound, true).with_angle_both(RBA::Edges::OrthoEdges, false)
      [near, exact].each do |candidates|
        scene.spread(candidates) do |pair, trans, places|
          value = value_of(scene, pair.transformed(trans), first, second, limit, rule["kind"])
          next if value.nil?
          marker = pair.polygon(1)
          places.each { |place| pieces << Faults.found((value * scene.dbu).round(5), marker.transformed(place)) }
        end
      end
    end
    faults = Faults.join(pieces, pieces.empty? ? nil : pairs.polygons(1))
    rule["kind"] == "enclosure" ? faults + outside(scene, rule) : faults
  end

  def value_of(scene, pair, first, second, limit, kind)
    a, b = pair.first, pair.second
    sides = [scene.side(first, a), scene.side(second, b)]
    if first != second && sides.include?(nil)
      sides = [scene.side(first, b), scene.side(second, a)]
      a, b = b, a
    end
    return Plane.pair_distance(pair) < limit - scene.step ? Plane.pair_distance(pair).to_f : nil if sides.include?(nil)
    piece = [a, b].map { |edge| [[edge.x1, edge.y1], [edge.x2, edge.y2]] }
    judge(*sides, piece, limit, scene.step, kind)
  end

  def outside(scene, rule)
    pieces = (scene.region(rule["layer"]) - scene.region(rule["other"])).merged.each
    pieces.reject { |piece| Faults.sliver?(piece, scene.step) }.map { |piece| Faults.found(0.0, piece, "sticks out") }
  end

  # parallel, and space with `beyond`: lingnan.pdk.drc.runs.
  def runs(scene, rule)
    limit = rule["limit"] / scene.dbu
    length = (rule["options"]["beyond"] || rule["options"]["length"] || 0.0) / scene.dbu
    options = [false, RBA::Region::Projection, IGNORE_DEG, nil, nil, true]
    pairs = scene.region(rule["layer"]).space_check((limit - 1e-6).ceil, *options)
    return [] if pairs.is_empty?
    groups = pairs.polygons(0).sized(RUN_BRIDGE).merged.with_perimeter((2 * length).floor, nil, false)
    candidates = groups.each.select { |group| run_length(group) - 2 * RUN_BRIDGE > length + scene.step }
    return [] if candidates.empty?
    store = RBA::Shapes.new
    flat = pairs.each.to_a
    flat.each_with_index { |pair, number| store.insert(pair.bbox, number) }
    candidates.map { |group| run_of(scene, group, store, flat, limit) }.compact
  end

  def run_of(scene, group, store, flat, limit)
    total = weight = 0.0
    store.each_touching(group.bbox) do |shape|
      pair = flat[shape.prop_id]
      next unless group.inside?(pair.bbox.center)
      a, b = [pair.first, pair.second].map { |edge| [[edge.x1, edge.y1], [edge.x2, edge.y2]] }
      gaps = Plane.overlap_gaps(a, b)
      next if gaps.nil?
      total += gaps.sum / 2 * pair.first.length
      weight += pair.first.length
    end
    value = weight > 0 ? total / weight : limit
    return nil if value >= limit - scene.step
    Faults.found((value * scene.dbu).round(4), group, "over #{(run_length(group) * scene.dbu).round(1)} µm")
  end

  def run_length(piece)
    half, area = piece.perimeter / 2.0, piece.area
    (half + Math.sqrt([half * half - 4.0 * area, 0.0].max)) / 2
  end
end
