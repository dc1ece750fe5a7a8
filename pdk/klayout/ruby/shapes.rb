# Rules on one shape at a time, and on ends of guides: lingnan.pdk.drc.shapes and ends.
module OneShape
  module_function

  def area(scene, rule)
    limit = rule["limit"] / scene.dbu**2
    small = scene.region(rule["layer"]).with_area(0, limit.ceil, false).each
    small.select { |piece| piece.area < limit - piece.perimeter * scene.step / 2 }
         .map { |piece| Faults.found((piece.area * scene.dbu**2).round(6), piece) }
  end

  def width_max(scene, rule)
    inset = ((rule["limit"] / scene.dbu + scene.step) / 2).floor
    scene.region(rule["layer"]).sized(-inset).merged.each.flat_map do |core|
      box = core.bbox
      wide = RBA::Region.new(core).sized(inset) & RBA::Region.new(box.enlarged(inset, inset))
      value = ([box.width, box.height].min + 2 * inset) * scene.dbu
      wide.merged.each.map { |piece| Faults.found(value.round(4), piece, "or more") }
    end
  end

  def exclusion(scene, rule)
    both = (scene.region(rule["layer"]) & scene.region(rule["other"])).merged.each
    both.reject { |piece| Faults.sliver?(piece, scene.step) }
        .map { |piece| Faults.found((piece.area * scene.dbu**2).round(6), piece) }
  end

  def angle(scene, rule)
    allowed = (rule["options"]["allowed"] || "any").to_s
    found = allowed == "any" ? [] : off_direction(scene, rule, allowed)
    limit = (rule["options"]["interior_min_deg"] || 0.0).to_f
    limit > 0 ? found + acute(scene, rule, limit) : found
  end

  def off_direction(scene, rule, allowed)
    kind = allowed == "90" ? RBA::Edges::OrthoEdges : RBA::Edges::OrthoDiagonalEdges
    turn = allowed.to_f
    pieces = []
    scene.region(rule["layer"]).edges.with_angle(kind, true).each do |edge|
      direction = Plane.deg(Math.atan2(edge.dy, edge.dx))
      off = (direction - turn * (direction / turn).round(half: :even)).abs
      next unless Math.hypot(edge.dx, edge.dy) * Math.sin(off * Math::PI / 180) > Math.sqrt(2) * scene.step
      pieces << Faults.found(off.round(3), edge.bbox.enlarged(1, 1), "off")
    end
    Faults.join(pieces)
  end

  def acute(scene, rule, limit)
    merged = scene.region(rule["layer"])
    spots = merged.corners(180.0 - limit - 1.0, 180.0, 1) + merged.corners(-180.0, limit - 179.0, 1)
    pieces = []
    spots.merged.each do |spot|
      centre = spot.bbox.center
      scene.contours(rule["layer"], RBA::Box.new(centre, centre)).each do |contour|
        vertex = contour.points.index([centre.x, centre.y])
        next if vertex.nil? || !contour.place.key?(vertex) || !contour.convex?(vertex)
        k = contour.place[vertex]
        noise = Plane.deg(1.41 * scene.step * (1 / contour.span(k) + 1 / contour.span(k - 1)))
        inside = 180.0 - contour.turn_deg(k)
        next unless inside < limit - noise
        pieces << Faults.found(inside.round(2), RBA::Box.new(centre, centre).enlarged(5, 5))
      end
    end
    Faults.join(pieces)
  end

  def grid(scene, rule)
    ratio = rule["limit"] / scene.dbu
    return [] if (1 / ratio - (1 / ratio).round).abs < 1e-6
    scene.masks.flat_map do |name|
      pieces = []
      scene.region(name).each do |polygon|
        polygon.each_edge do |edge|
          off = [edge.x1, edge.y1].map { |v| (v / ratio - (v / ratio).round).abs }.max * rule["limit"]
          next unless off > 1e-6 * rule["limit"]
          box = RBA::Box.new(edge.x1 - 1, edge.y1 - 1, edge.x1 + 1, edge.y1 + 1)
          pieces << Faults.found(off.round(6), box, "off grid on #{name}")
        end
      end
      Faults.join(pieces)
    end
  end

  # Drawn polygons, before any merging, that cross themselves or have no area.
  def polygon(scene, _rule)
    found = []
    scene.masks.each do |name|
      layer = scene.index(name)
      [*scene.top.called_cells, scene.top.cell_index].each do |cell_index|
        cell = scene.layout.cell(cell_index)
        next if cell.shapes(layer).is_empty?
        faults = broken(scene, cell, layer)
        next if faults.empty?
        scene.places(cell).each do |trans|
          faults.each do |piece, why|
            box = piece.area == 0 ? RBA::Polygon.new(piece.bbox.enlarged(1, 1)) : piece
            value = (piece.area * scene.dbu**2).round(6)
            found << Faults.found(value, box.transformed(trans), "#{name} #{why}")
          end
        end
      end
    end
    crossed = found.select { |fault| fault.note.end_with?("itself") }.map { |fault| fault.outlines[0].bbox }
    found.reject { |f| f.note.end_with?("area") && crossed.any? { |box| box.inside?(f.outlines[0].bbox) } }
  end

  def broken(scene, cell, layer)
    iterator = RBA::RecursiveShapeIterator.new(scene.layout, cell, layer)
    iterator.max_depth = 0
    iterator.shape_flags = RBA::Shapes::SBoxes | RBA::Shapes::SPaths | RBA::Shapes::SPolygons
    drawn = RBA::Region.new(iterator)
    drawn.merged_semantics = false
    crossed = drawn.strange_polygon_check.merged.each.reject { |piece| Faults.sliver?(piece, scene.step) }
    drawn.with_area(0, 1, false).each.map { |piece| [piece, "has no area"] } +
      crossed.map { |piece| [piece, "crosses itself"] }
  end

  def open_end(scene, rule)
    widest = (rule["options"]["max_width"] || 1e9).to_f / scene.dbu
    merged = scene.region(rule["layer"])
    chip = scene.process["layers"].key?("FLOORPLAN") && scene.seen?("FLOORPLAN")
    frame = merged.bbox
    faces = merged.edges.with_length(1, [widest, 1e9].min.ceil + 1, false)
    faces = faces.interacting(merged.corners(-180.0, -SQUARE_DEG, 4)) # a jog may part a corner in two
    return [] if faces.is_empty?
    placed = Placed.new(faces, scene.dbu)
    found = []
    placed.cells.each do |cell|
      places = placed.places(cell)
      next if places.empty?
      cell.shapes(placed.layer).each do |shape|
        width = face_width(scene, rule["layer"], shape.edge.transformed(places[0]), widest)
        found += places.map { |trans| [shape.edge.transformed(trans), width] } unless width.nil?
      end
    end
    teeth, pitch = (rule["options"]["teeth"] || 0).to_i, (rule["options"]["tooth_pitch"] || 0.0).to_f
    found = rows(found, pitch / scene.dbu).select { |row| row.size < teeth }.flatten(1) if teeth > 0
    found = found.reject { |edge, _| on_frame?(edge, frame) } unless chip
    found.map { |edge, width| Faults.found((width * scene.dbu).round(4), edge.bbox.enlarged(5, 5)) }
  end

  # Faces in rows: parallel ones, middle to middle no farther than a pitch.
  def rows(faces, pitch)
    reach = pitch.ceil + 1
    store = RBA::Shapes.new
    middles = faces.map { |edge, _| [edge.x1 + edge.x2, edge.y1 + edge.y2] } # twice the middle: whole numbers
    spots = middles.map { |x, y| RBA::Box.new(x / 2, y / 2, x / 2, y / 2) }
    spots.each_with_index { |spot, number| store.insert(spot, number) }
    left = faces.each_index.to_h { |number| [number, true] }
    faces.each_index.map do |first|
      next unless left.delete(first)
      row, at = [first], 0
      while at < row.size
        store.each_touching(spots[row[at]].enlarged(reach, reach)) do |shape|
          other = shape.prop_id
          next unless left.key?(other) && beside_in_row?(faces, middles, row[at], other, pitch)
          left.delete(other)
          row << other
        end
        at += 1
      end
      row.map { |number| faces[number] }
    end.compact
  end

  def beside_in_row?(faces, middles, one, two, pitch)
    (x1, y1), (x2, y2) = middles[one], middles[two]
    return false if (x2 - x1)**2 + (y2 - y1)**2 > (2 * pitch)**2
    a, b = faces[one][0], faces[two][0]
    across = (a.dx * b.dy - a.dy * b.dx).abs
    across <= Math.sin(SQUARE_DEG * Math::PI / 180) * Math.hypot(a.dx, a.dy) * Math.hypot(b.dx, b.dy)
  end

  # Width of the guide that an edge closes, nil where the edge is no end of a guide.
  def face_width(scene, tree, edge, widest)
    side = scene.side(tree, edge)
    return nil if side.nil? || !side.face?
    width = side.length
    slender = side.contour.lengths.sum / 2 - width >= SLENDER * width
    width <= widest && slender && neighbours(side).min > width ? width : nil
  end

  def neighbours(side)
    contour = side.contour
    n = contour.kept.size
    [[side.index, -1], [side.ends[1], 1]].map do |start, direction|
      k, way = contour.place[start], 0.0
      [n, 64].min.times do
        way += contour.span(direction > 0 ? k : k - 1)
        k += direction
        break if contour.turn_deg(k % n) > 45.0
      end
      way
    end
  end

  def on_frame?(edge, frame)
    (edge.x1 == edge.x2 && [frame.left, frame.right].include?(edge.x1)) ||
      (edge.y1 == edge.y2 && [frame.bottom, frame.top].include?(edge.y1))
  end

  def abutment(scene, rule)
    limit = (rule["limit"] / scene.dbu + 1e-6).floor
    options = [true, RBA::Region::Projection, 80.0, nil, nil, true]
    pieces = []
    scene.spread(scene.region(rule["layer"]).space_check(limit + 1, *options)) do |pair, trans, places|
      here = pair.transformed(trans)
      sides = [scene.side(rule["layer"], here.first), scene.side(rule["layer"], here.second)]
      next if sides.include?(nil) || !sides.all?(&:face?)
      a, b = [here.first, here.second].map { |edge| [[edge.x1, edge.y1], [edge.x2, edge.y2]] }
      next if beside(a, b) < ALIGNED * sides.map(&:length).min
      value = (Plane.segment_distance(a, b) * scene.dbu).round(5)
      places.each { |place| pieces << Faults.found(value, pair.normalized.polygon(1).transformed(place)) }
    end
    Faults.join(pieces)
  end

  # Length over which two edges lie beside each other, along the first.
  def beside(a, b)
    length = Plane.dist(*a)
    ux, uy = (a[1][0] - a[0][0]) / length, (a[1][1] - a[0][1]) / length
    ends = b.map { |x, y| (x - a[0][0]) * ux + (y - a[0][1]) * uy }
    [ends.max, length].min - [ends.min, 0.0].max
  end
end
