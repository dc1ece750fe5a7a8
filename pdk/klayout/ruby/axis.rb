# Which way guides between electrodes run: lingnan.pdk.drc.axis; the steps are numbered there.
module Axis
  module_function

  # Where a ray to the right of a unit vector first meets a wall that runs the other way, and that wall.
  def across(store, point, way, reach)
    rx, ry = way[1] * reach, -way[0] * reach
    near = RBA::DBox.new(point[0], point[1], point[0] + rx, point[1] + ry)
    box = RBA::Box.new(near.left.floor, near.bottom.floor, near.right.ceil, near.top.ceil)
    met = store.each_touching(box).map do |shape|
      wall = shape.edge
      ex, ey = wall.dx, wall.dy
      next if ex * way[0] + ey * way[1] >= 0
      ox, oy = wall.x1 - point[0], wall.y1 - point[1]
      turn = rx * ey - ry * ex
      t, s = (ox * ey - oy * ex) / turn, (ox * ry - oy * rx) / turn
      [t.round(9), wall.x1, wall.y1, t, [ex, ey]] if t > 0 && t <= 1 && s >= 0 && s <= 1
    end
    first = met.compact.min_by { |row| row[0..2] } # where it meets the end of two, the first by place
    first && [[point[0] + first[3] * rx, point[1] + first[3] * ry], first[4]]
  end

  # Angle of a direction from an axis, whichever way it runs.
  def off_axis(way, axis)
    ((Plane.deg(Math.atan2(way[1], way[0])) - axis + 90.0) % 180.0 - 90.0).abs
  end

  # By how much rounding turns an edge at most.
  def turned(length, step)
    Plane.deg(Math.atan(Math.sqrt(2) * step / length))
  end

  def guides_off_axis(scene, rule)
    reach = (rule["options"]["within"].to_f / scene.dbu).round
    metal = scene.region(rule["other"])
    return [] if metal.is_empty? || !scene.has?(rule["layer"])
    gaps = metal.sized(reach).sized(-reach) - metal
    axis = (rule["options"]["axis"] || "x") == "x" ? 0.0 : 90.0
    tolerance = rule["options"]["tolerance_deg"].to_f
    store = RBA::Shapes.new
    scene.region(rule["layer"]).edges.each { |wall| store.insert(wall) }
    pieces, doubtful = [], []
    (scene.region(rule["layer"]).edges & gaps).each do |edge|
      length = edge.length
      next if length == 0
      own = [edge.dx / length.to_f, edge.dy / length.to_f]
      off, noise = off_axis(own, axis), turned(length, scene.step)
      next if off <= tolerance || (off > 45.0 && end_face?(scene, rule, edge))
      middle, hit, way = [(edge.x1 + edge.x2) / 2.0, (edge.y1 + edge.y2) / 2.0], nil, own
      ROUNDS.times do
        hit = across(store, middle, way, 2 * reach) or break
        wide = Math.hypot(*hit[1])
        mean = [own[0] - hit[1][0] / wide, own[1] - hit[1][1] / wide]
        way = mean.map { |part| part / Math.hypot(*mean) }
        off, noise = off_axis(way, axis), (turned(length, scene.step) + turned(wide, scene.step)) / 2
      end
      next if off <= tolerance
      corner = hit && RBA::Point.new(*hit[0].map { |part| part.round(6).round(half: :even) })
      marker = corner ? RBA::Polygon.new([edge.p1, edge.p2, corner]) : edge.bbox.enlarged(1, 1)
      (off > tolerance + noise ? pieces : doubtful) << Faults.found(-off.round(3), marker)
    end
    Faults.join(pieces, doubtful).map { |fault| Found.new(-fault.value, fault.outlines, fault.note) }
  end

  # Whether an edge is the end face of a guide, not its side.
  def end_face?(scene, rule, edge)
    side = scene.side(rule["layer"], edge)
    return false unless side && side.ends.all? { |vertex| side.contour.corner?(vertex) }
    n = side.contour.points.size
    [side.contour.lengths[side.index - 1], side.contour.lengths[(side.index + 1) % n]].min > edge.length
  end
end
