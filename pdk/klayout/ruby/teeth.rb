# Teeth of focusing gratings, which have no bend radius: lingnan.pdk.drc.teeth; the steps are numbered there.
module Teeth
  module_function

  # Whether a polygon is an arc from end face to end face.
  def bare_arc?(polygon, step)
    return false if polygon.holes > 0
    contour = Contour.new(Scene.loops(polygon)[0], step)
    n = contour.kept.size
    corners = (0...n).select { |k| contour.turn_deg(k) > CORNER_DEG }
    return false if corners.size != 4
    sides = corners.each_index.map do |i|
      (corners[i]...(i < 3 ? corners[i + 1] : corners[0] + n)).map { |k| contour.span(k) }
    end
    [[0, 2, 1, 3], [1, 3, 0, 2]].any? do |one, other, *walls|
      spans = walls.flat_map { |wall| sides[wall] }
      sides[one].size == 1 && sides[other].size == 1 && spans.max < LONG * spans.sum / spans.size
    end
  end

  # What a ray meets of a layer, from its beginning on.
  def bars_along(ray, placed)
    start = [ray.x1, ray.y1]
    cut = RBA::Edges.new([ray]) & placed.touching(ray.bbox)
    found = cut.each.map { |e| [[e.x1, e.y1], [e.x2, e.y2]].map { |point| Plane.dist(start, point) }.sort }.sort
    found.slice_when { |one, two| two[0] - one[1] >= SPLIT }.map { |parts| [parts[0][0], parts[-1][1]] }
  end

  # Whether the bar at a distance is one of a row of teeth behind a body wider than `widest`.
  def in_grating?(bars, at, teeth, pitch, widest)
    own = bars.index { |start, stop| start <= at && at <= stop } or return false
    middle = bars.map { |start, stop| (start + stop) / 2 }
    wide = bars.map { |start, stop| stop - start > widest }
    low = high = own
    low -= 1 while low > 0 && !wide[low - 1] && middle[low] - middle[low - 1] <= pitch
    high += 1 while high + 1 < bars.size && !wide[high + 1] && middle[high + 1] - middle[high] <= pitch
    fed = low > 0 && wide[low - 1] && bars[low][0] - bars[low - 1][1] <= pitch
    fed && !wide[own] && high - low + 1 >= teeth
  end

  # Whether an arc stands in a row of teeth.
  # centre, across: of the arc, and from there to its middle on the centre line, in the cell that `trans` places.
  def row_across?(scene, rule, centre, across, trans, widest)
    teeth, pitch = rule["options"]["teeth"].to_i, (rule["options"]["tooth_pitch"] || 0.0).to_f / scene.dbu
    at = Math.hypot(*across)
    far = 1 + teeth * pitch / at # of the bars beyond so many need no count
    ends = [0.0, far].map { |part| [0, 1].map { |i| (centre[i] + part * across[i]).round(half: :even) } }
    ray = RBA::Edge.new(*ends.map { |end_| RBA::Point.new(*end_) }).transformed(trans)
    in_grating?(bars_along(ray, scene.placed(rule["layer"])), at, teeth, pitch, widest)
  end
end
