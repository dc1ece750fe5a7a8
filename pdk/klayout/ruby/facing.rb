# Rules that measure between two edges: lingnan.pdk.drc.facing and gap; the steps are numbered there.
module Facing
  module_function

  def judge(first, second, limit, step, kind)
    a, b = first.whole, second.whole
    same = first.contour.equal?(second.contour)
    if %w[width space notch].include?(kind) && same && (angle = Plane.angle_deg(a, b)) >= MEET_DEG
      return nil if first.contour.way(first.index, second.index) * Math.sin(angle * Math::PI / 180) <= limit + 1e-3
    end
    if %w[space notch isolation].include?(kind)
      return nil if [Plane.dist(a[0], b[1]), Plane.dist(a[1], b[0])].max <= JOG * step
    end
    raw = Plane.segment_distance(a, b)
    return raw < limit - 1e-6 ? [raw, true] : nil if first.exact? && second.exact?
    return nil if raw >= limit - step / 2
    straight = first.contour.straight?(first.index) && second.contour.straight?(second.index)
    one, two = first.drawn, second.drawn
    value = one.from(two)
    gaps = straight ? Plane.overlap_gaps([one.a, one.b], [two.a, two.b]) : nil
    if gaps && (gaps[0] - gaps[1]).abs <= PARALLEL * step
      value = gaps.sum / 2
    elsif value > limit - CLEAR * step && value < limit - step / 2
      value = along(first, second, value, step)
    end
    value < limit - step / 2 ? [value, value < limit - step - 1e-6] : nil
  end

  # The gap at a pair of edges from all vertices near it: fitted over the way along it, with as few terms as do.
  def along(first, second, value, step)
    a = first.whole
    length = Plane.dist(*a)
    tx, ty = (a[1][0] - a[0][0]) / length, (a[1][1] - a[0][1]) / length
    way = ->(p) { (p[0] - a[0][0]) * tx + (p[1] - a[0][1]) * ty }
    ends = second.whole.map(&way)
    low, high = [0.0, ends.min].max, [length, ends.max].min
    low = high = high < 0 ? 0.0 : length if high < low
    middle, half = (low + high) / 2, (high - low) / 2
    samples = first.gaps_to(second) + second.gaps_to(first)
    # in the order of distance, equals in the order found: sort_by alone is not stable
    points = samples.map { |p, gap| [way.(p), gap] }.each_with_index.sort_by { |point, k| [(point[0] - middle).abs, k] }
    points = points.map(&:first)
    while points.size >= FEWEST
      s, gaps = points.map { |x, _| x - middle }, points.map(&:last)
      terms, rms = Plane.polynomial(s, gaps, 2)
      return least_of(simplest(s, gaps, terms, rms, step), half) if rms <= SCATTER * step
      points = points.first(points.size * 2 / 3)
    end
    value
  end

  # The polynomial with the fewest terms that do.
  def simplest(s, gaps, terms, rms, step)
    variance = [rms, 0.3 * step].max**2
    [0, 1].each do |degree|
      fewer, worse = Plane.polynomial(s, gaps, degree)
      return fewer if (worse * worse - rms * rms) * s.size <= CHANCE * variance
    end
    terms
  end

  # The least value of a polynomial from -half to half.
  def least_of(terms, half)
    ways = [-half, half]
    ways << [-half, [half, -terms[1] / 2 / terms[2]].min].max if terms.size == 3 && terms[2] > 0
    ways.map { |x| terms.each_with_index.sum { |term, k| term * x**k } }.min
  end

  def pairs_of(kind, layer, other, limit, whole)
    options = [whole, RBA::Region::Euclidian, IGNORE_DEG, nil, nil, false]
    case kind
    when "width" then layer.width_check(limit, *options)
    when "space" then layer.space_check(limit, *options)
    when "isolation" then layer.isolated_check(limit, *options)
    when "notch" then layer.notch_check(limit, *options)
    when "separation" then layer.separation_check(other, limit, *options)
    when "enclosure" then layer.enclosed_check(other, limit, *options)
    when "extension" then other.enclosed_check(layer, limit, *options)
    else layer.overlap_check(other, limit, *options)
    end
  end

  def facing(scene, rule)
    limit = rule["limit"] / scene.dbu
    first, second = rule["layer"], rule["other"] || rule["layer"]
    pairs = pairs_of(rule["kind"], scene.region(first), scene.region(second), (limit - 1e-6).ceil, true)
    pairs = pairs.with_distance(0, true) if rule["options"]["flush"] # a guide and its slab end together at a port
    first, second = second, first if rule["kind"] == "extension"
    pieces, doubtful = [], []
    put = lambda do |marker, trans, places, value, sure|
      local = marker.transformed(trans.inverted)
      shapes = [marker] + places.drop(1).map { |place| local.transformed(place) } # not rounded once more where it is
      made = shapes.map { |shape| Faults.found((value * scene.dbu).round(5), shape) }
      (sure ? pieces : doubtful).concat(made)
    end
    unless pairs.is_empty?
      bound = (limit - scene.step / 2 - 0.5).ceil + 1
      near = pairs.with_distance(0, bound, false)
      exact = pairs.with_distance(0, bound, true).with_angle_both(RBA::Edges::OrthoEdges, false)
      homes, candidates = {}, []
      [near, exact].each do |some|
        scene.spread(some) do |stored, trans, places|
          homes[places.object_id] ||= [trans, places]
          pair = stored.transformed(trans)
          sides = sides_of(scene, pair, first, second)
          if sides
            candidates << Candidate.new(*sides, places, !rule["other"].nil?)
            next
          end
          a, b = segment(pair.first), segment(pair.second)
          distance = Plane.segment_distance(a, b)
          put.call(marker_of(a, b, limit), trans, places, distance, true) if distance < limit - scene.step
        end
      end
      verdict = ->(one, two) { judge(one, two, limit, scene.step, rule["kind"]) }
      Sampling.judged(candidates, verdict, limit) do |members, value, sure|
        place = homes[members[0].home.object_id]
        if members.size > 1 && value > TOUCHING && !Sampling.interlaced?(members)
          put.call(Sampling.strip(members, limit), *place, value, sure)
          next
        end
        members.each { |pair| put.call(marker_of(pair.one.whole, pair.two.whole, limit), *place, value, sure) }
      end
    end
    faults = joined(scene, rule, Faults.join(pieces, doubtful), limit)
    rule["kind"] == "enclosure" ? faults + outside(scene, rule) : faults
  end

  # Faults along the same shapes are one where the gap between them is a fault too, torn apart by rounding.
  def joined(scene, rule, faults, limit)
    placed = [rule["layer"], rule["other"] || rule["layer"]].map { |tree| scene.placed(tree) }
    boxes = faults.map { |fault| fault.outlines[0].bbox }
    store = RBA::Shapes.new
    boxes.each_with_index { |box, number| store.insert(box.enlarged(TORN, TORN), number) }
    shapes = Hash.new do |known, number|
      around = boxes[number].enlarged(2, 2)
      known[number] = placed.flat_map { |layer| layer.touching(around).each.map(&:hash) }
    end
    near, alone = faults.each_with_index.partition do |_, number|
      others = store.each_touching(boxes[number]).map(&:prop_id) - [number]
      others.any? { |other| !(shapes[other] & shapes[number]).empty? }
    end.map { |group| group.map(&:first) }
    near.empty? ? faults : alone + Faults.join(near, [], bridges(scene, rule, near, limit))
  end

  # Markers of pairs a little above the limit that touch a fault; only shapes at faults are looked at again.
  def bridges(scene, rule, faults, limit)
    near = Faults.region(faults).sized(2)
    local = [rule["layer"], rule["other"] || rule["layer"]].map { |tree| scene.placed(tree).touching(near) }
    wide = pairs_of(rule["kind"], *local, (limit + BRIDGE * scene.step).ceil, false)
    wide = wide.with_distance([0, (limit - CLEAR * scene.step).floor].max, nil, false) # what is nearer is a fault
    markers = wide.polygons(1)
    markers.merged_semantics = false
    markers.interacting(near)
  end

  # The outlines that both edges of a pair are part of, nil where one was cut for storage.
  def sides_of(scene, pair, first, second)
    one, two = scene.side(first, pair.first), scene.side(second, pair.second)
    one, two = scene.side(first, pair.second), scene.side(second, pair.first) if one.nil? || two.nil?
    one.nil? || two.nil? ? nil : [one, two]
  end

  # What lies between the parts of two edges within the limit of each other.
  def marker_of(a, b, limit)
    edges = [Plane.near_part(a, b, limit), Plane.near_part(b, a, limit)].map do |part|
      RBA::Edge.new(*part.map { |x, y| RBA::Point.new(x.round(half: :even), y.round(half: :even)) })
    end
    RBA::EdgePair.new(*edges).normalized.polygon(1)
  end

  def segment(edge)
    [[edge.x1, edge.y1], [edge.x2, edge.y2]]
  end

  def outside(scene, rule)
    pieces = (scene.region(rule["layer"]) - scene.region(rule["other"])).merged.each
    pieces.reject { |piece| Faults.sliver?(piece, scene.step) }.map { |piece| Faults.found(0.0, piece, "sticks out") }
  end
end
