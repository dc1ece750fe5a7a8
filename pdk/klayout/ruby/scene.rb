# The geometry that rules look at: lingnan.pdk.drc.scene. Coordinates are database units of the top cell.

# Shapes of a hierarchical result, cell by cell, with every place of each cell.
class Placed
  attr_reader :layout, :top, :layer

  def initialize(collection, dbu)
    @layout = RBA::Layout.new
    @layout.dbu = dbu
    @top = @layout.create_cell("TOP")
    @layer = @layout.layer(1, 0)
    @layout.insert(@top.cell_index, @layer, collection)
    @places = { @top.cell_index => [RBA::ICplxTrans.new] }
  end

  def cells
    @layout.each_cell.reject { |cell| cell.shapes(@layer).is_empty? }
  end

  def places(cell)
    @places[cell.cell_index] ||= Placed.above(@layout, cell) { |parent| places(parent) }
  end

  # Transformations of a cell from those of its parents, arrays unfolded.
  def self.above(layout, cell)
    cell.each_parent_inst.flat_map do |parent|
      upper = yield layout.cell(parent.parent_cell_index)
      elements(parent.child_inst).flat_map { |local| upper.map { |trans| trans * local } }
    end
  end

  def self.elements(instance)
    a, b = instance.a, instance.b
    (0...[1, instance.na].max).flat_map do |row|
      (0...[1, instance.nb].max).map do |column|
        step = RBA::Vector.new(a.x * row + b.x * column, a.y * row + b.y * column)
        RBA::ICplxTrans.new(1.0, 0.0, false, step) * instance.cplx_trans
      end
    end
  end

  def touching(where)
    RBA::Region.new(RBA::RecursiveShapeIterator.new(@layout, @top, @layer, where, false))
  end

  def overlapping(box)
    RBA::Region.new(RBA::RecursiveShapeIterator.new(@layout, @top, @layer, box, true))
  end
end

class Scene
  attr_reader :layout, :top, :dbu, :step, :process

  # process: the table of the generated macro.
  def initialize(layout, top, process)
    @layout, @top, @process = layout, top, process
    same = (layout.dbu / process["grid"] - 1).abs < 1e-6
    @dbu = same ? process["grid"] : layout.dbu # without the last bit's noise of a file's real number
    @step = [process["grid"] / @dbu, 1.0].max
    # a small layout is unfolded, as `lingnan drc` does: cells turned by odd angles are rounded where they stand
    @store = top.each_inst.first && count > SMALL ? RBA::DeepShapeStore.new : nil
    if @store # polygons stay whole: a bend would end at each cut
      @store.max_vertex_count = 0
      @store.max_area_ratio = 0.0
    end
    @merged, @placed, @contours, @sides = {}, {}, {}, {}
  end

  # Shapes of all layers, every placement counted.
  def count
    indexes = @layout.layer_indexes
    cells = {}
    sizes = lambda do |cell|
      cells[cell.cell_index] ||= indexes.sum { |layer| cell.shapes(layer).size } + cell.each_inst.sum do |instance|
        [1, instance.na].max * [1, instance.nb].max * sizes.call(@layout.cell(instance.cell_index))
      end
    end
    sizes.call(@top)
  end

  def index(name)
    layer = @process["layers"][name]
    @layout.find_layer(layer["gds"][0], layer["gds"][1])
  end

  def seen?(name)
    found = index(name)
    !found.nil? && !@top.bbox_per_layer(found).empty?
  end

  def has?(tree)
    Scene.names(tree).any? { |name| seen?(name) }
  end

  def self.names(tree)
    tree.is_a?(String) ? [tree] : names(tree[1]) + names(tree[2])
  end

  def masks
    @process["layers"].keys.select { |name| @process["layers"][name]["mask"] && seen?(name) }
  end

  # Merged region of an expression; kept for the next rule.
  def region(tree)
    @merged[tree.to_s] ||= tree.is_a?(String) ? drawn(tree).merged : evaluate(tree).merged
  end

  def evaluate(tree)
    return region(tree) if tree.is_a?(String)
    evaluate(tree[1]).send(tree[0], evaluate(tree[2]))
  end

  def drawn(name)
    layer = index(name)
    return RBA::Region.new if layer.nil?
    iterator = RBA::RecursiveShapeIterator.new(@layout, @top, layer)
    iterator.shape_flags = RBA::Shapes::SBoxes | RBA::Shapes::SPaths | RBA::Shapes::SPolygons
    @store ? RBA::Region.new(iterator, @store) : RBA::Region.new(iterator)
  end

  def placed(tree)
    @placed[tree.to_s] ||= Placed.new(region(tree), @dbu)
  end

  # Outlines of the merged polygons near a place.
  def contours(tree, box)
    placed(tree).touching(box).each.flat_map do |polygon|
      @contours[polygon.to_s] ||= Scene.loops(polygon).map { |points| Contour.new(points, @step) }
    end
  end

  def self.loops(polygon)
    loops = [polygon.each_point_hull.to_a] + (0...polygon.holes).map { |hole| polygon.each_point_hole(hole).to_a }
    loops.map { |points| points.map { |point| [point.x, point.y] } }
  end

  # The outline that a whole edge of a merged region is part of.
  def side(tree, edge)
    a, b = [edge.x1, edge.y1], [edge.x2, edge.y2]
    known = (@sides[tree.to_s] ||= {})
    found = known[[a, b]] || known[[b, a]]
    return found if found
    # once for each outline: a long one has many edges, and looking it up costs its length
    contours(tree, edge.bbox).each do |contour|
      contour.numbers.each { |key, number| known[key] = Side.new(contour, number) }
    end
    known[[a, b]] || known[[b, a]]
  end

  # Each stored pair once, with one transformation to the top and the list of all.
  def spread(pairs)
    return if pairs.is_empty?
    placed = Placed.new(pairs, @dbu)
    placed.cells.each do |cell|
      places = placed.places(cell)
      next if places.empty?
      cell.shapes(placed.layer).each { |shape| yield shape.edge_pair, places[0], places }
    end
  end

  # Every placement of a cell under the top.
  def places(cell)
    @under ||= @top.called_cells.to_h { |index| [index, true] }.merge(@top.cell_index => true)
    @places ||= { @top.cell_index => [RBA::ICplxTrans.new] }
    @places[cell.cell_index] ||= Placed.above(@layout, cell) do |parent|
      @under[parent.cell_index] ? places(parent) : []
    end
  end
end
