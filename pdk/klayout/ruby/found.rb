# A fault before it has a name, and how markers of one fault become one: lingnan.pdk.drc.found.
# value in the rule's unit or nil; outlines are polygons in database units of the top cell.
Found = Struct.new(:value, :outlines, :note)

module Faults
  module_function

  def hull(shape)
    polygon = shape.is_a?(RBA::Box) ? RBA::Polygon.new(shape) : shape
    RBA::Polygon.new(polygon.each_point_hull.to_a)
  end

  def found(value, shape, note = "")
    Found.new(value, [hull(shape)], note)
  end

  def region(pieces)
    RBA::Region.new(pieces.flat_map(&:outlines))
  end

  # One fault for each group of pieces that touch, itself or by way of others; it has the lowest value.
  def join(pieces, doubtful = [], bridges = nil)
    return [] if pieces.empty?
    marked = region(pieces + doubtful)
    groups = (bridges ? marked + bridges : marked).merged
    shapes = RBA::Shapes.new
    pieces.each_with_index { |piece, number| piece.outlines.each { |polygon| shapes.insert(polygon, number) } }
    joined, left = [], (0...pieces.size).to_a
    groups.each do |group|
      numbers = []
      shapes.each_touching(group.bbox) do |shape|
        numbers << shape.prop_id if group.inside?(shape.polygon.each_point_hull.first)
      end
      next if numbers.empty?
      left -= numbers
      members = numbers.uniq.sort.map { |number| pieces[number] }
      joined << Found.new(members.map(&:value).compact.min, [hull(group)], members[0].note)
    end
    # where sides cross each other nothing lies between them: no fault may get lost, it has the box around it
    seen = region(joined)
    crossed = left.map do |number|
      box = pieces[number].outlines[0].bbox.enlarged(1, 1)
      next unless seen.interacting(RBA::Region.new(box)).is_empty?
      Found.new(pieces[number].value, [RBA::Polygon.new(box)], pieces[number].note)
    end.compact
    joined + join(crossed)
  end

  # Whether a polygon is on the mean no thicker than the tolerance.
  def sliver?(piece, step)
    perimeter = piece.perimeter
    perimeter == 0 || 2.0 * piece.area / perimeter <= step
  end
end
