# Rules on the layout as a whole, and density: lingnan.pdk.drc.whole and density.
module Whole
  module_function

  def allowed_layers(scene, _rule)
    known = scene.process["layers"].values.map { |layer| layer["gds"] }
    scene.layout.layer_indexes.map do |index|
      info, box = scene.layout.get_info(index), scene.top.bbox_per_layer(index)
      next if known.include?([info.layer, info.datatype]) || box.empty?
      Faults.found(nil, box, "layer #{info.layer}/#{info.datatype}")
    end.compact
  end

  def extent(scene, rule)
    floor = scene.region(rule["other"])
    return [] if floor.is_empty?
    rest = RBA::Region.new(scene.top.bbox.enlarged(10, 10)) - floor
    box = floor.bbox
    scene.masks.flat_map do |name|
      shapes = RBA::RecursiveShapeIterator.new(scene.layout, scene.top, scene.index(name), rest, true)
      pieces = (RBA::Region.new(shapes) - floor).merged.each
      pieces.reject { |piece| Faults.sliver?(piece, scene.step) }.map do |piece|
        b = piece.bbox
        out = [box.left - b.left, b.right - box.right, box.bottom - b.bottom, b.top - box.top, 0].max
        Faults.found((out * scene.dbu).round(4), piece, "#{name} outside")
      end
    end
  end

  def orientation(scene, rule)
    rule["options"].key?("turn_deg") ? turned_cells(scene, rule) : Axis.guides_off_axis(scene, rule)
  end

  def turned_cells(scene, rule)
    marks = %w[cells_y cells_z].map { |key| rule["options"][key] }.compact.map { |mark| Regexp.escape(mark) }
    name = /(#{marks.join('|')})(?=$|_|\$)/
    forbidden = rule["options"]["turn_deg"].to_f
    scene.top.called_cells.flat_map do |index|
      cell = scene.layout.cell(index)
      next [] if cell.name !~ name || cell.bbox.empty?
      turned = scene.places(cell).select { |trans| (trans.angle % 180.0 - forbidden).abs < 45.0 }
      turned.map do |trans|
        note = "cell #{cell.name} is turned by #{format('%g', trans.angle)} degrees"
        Faults.found((trans.angle % 180.0).round(3), cell.bbox.transformed(trans), note)
      end
    end
  end

  def device_overlap(scene, rule)
    index = scene.index(rule["layer"])
    return [] if index.nil?
    found = []
    devices_of(scene, scene.top, index, {}, found)
    found
  end

  def devices_of(scene, cell, index, outer, found)
    outer[cell.cell_index] ||= begin
      own = RBA::Region.new(cell.shapes(index))
      devices = RBA::Region.new
      devices.merged_semantics = false
      cell.each_inst do |instance|
        next if instance.cell.bbox_per_layer(index).empty?
        child = devices_of(scene, instance.cell, index, outer, found)
        Placed.elements(instance).each { |trans| devices += child.transformed(trans) }
      end
      faults = overlaps(devices, scene.step, false) + overlaps(own, scene.step, true)
      unless faults.empty?
        scene.places(cell).each do |trans|
          faults.each { |piece| found << Faults.found((piece.area * scene.dbu**2).round(4), piece.transformed(trans)) }
        end
      end
      (own.is_empty? ? devices : own).merged
    end
  end

  def overlaps(devices, step, nested)
    return [] if devices.count < 2
    store = RBA::Shapes.new
    store.insert(devices)
    devices.merged(false, 2).each.reject do |piece|
      Faults.sliver?(piece, step) || (nested && !crossing?(store, piece))
    end
  end

  # Whether two shapes at a place overlap without one being wholly inside the other.
  def crossing?(store, piece)
    near = []
    store.each_overlapping(piece.bbox) { |shape| near << RBA::Region.new(shape.polygon) }
    near.combination(2).any? { |a, b| !(a & b).is_empty? && !(a - b).is_empty? && !(b - a).is_empty? }
  end

  # Areas are cut out bin by bin: slower than the edge sums of lingnan, the same to a part in a million.
  def density(scene, rule)
    window, step = %w[window step].map { |key| (rule["options"][key].to_f / scene.dbu).round }
    frame = floor(scene)
    return [] if frame.empty? || !scene.has?(rule["layer"])
    xs, ys = starts(frame.left, frame.right, window, step), starts(frame.bottom, frame.top, window, step)
    width, height = [window, frame.width].min, [window, frame.height].min
    lines = [xs.flat_map { |x| [x, x + width] }, ys.flat_map { |y| [y, y + height] }]
    covered = Bins.new(scene.placed(rule["layer"]), *lines)
    out, both = left_out(scene, rule).map { |region| Bins.new(Placed.new(region, scene.dbu), *lines) }
    low, high = [], []
    minimum, maximum = rule["options"]["minimum"] || 0.0, rule["options"]["maximum"] || 1.0
    ys.product(xs).each do |y, x|
      box = RBA::Box.new(x, y, x + width, y + height)
      whole = width.to_f * height
      rest = whole - (out ? out.area(box) : 0)
      next if out && rest < (rule["options"]["remaining"] || 0.0) * whole + 0.5
      share = (covered.area(box) - (both ? both.area(box) : 0)) / rest
      low << Faults.found(share.round(4), box, "minimum") if share < minimum - 1e-9
      high << Faults.found(-share.round(4), box, "maximum") if share > maximum + 1e-9
    end
    Faults.join(low) + Faults.join(high).map { |fault| Found.new(-fault.value, fault.outlines, fault.note) }
  end

  # What a density rule leaves out of its windows, and the part of its layer in there; nothing where nothing is.
  def left_out(scene, rule)
    tree = rule["options"]["outside"]
    return [] if tree.nil? || !scene.has?(tree)
    out = scene.region(tree).dup
    out.flatten
    out = out.sized(((rule["options"]["around"] || 0.0) / scene.dbu).round).merged
    [out, scene.region(rule["layer"]) & out]
  end

  def starts(low, high, window, step)
    return [low] if high - low <= window
    found = (low..high - window).step(step).to_a
    found[-1] + window < high ? found << high - window : found
  end

  # The floorplan, or the whole layout where it has none.
  def floor(scene)
    box = scene.seen?("FLOORPLAN") ? scene.top.bbox_per_layer(scene.index("FLOORPLAN")) : scene.top.bbox
    box.empty? ? scene.top.bbox : box
  end
end

# Areas of a layer on a grid of lines, each bin cut out once.
class Bins
  def initialize(placed, x, y)
    @placed, @x, @y = placed, x.uniq.sort, y.uniq.sort
    @areas = {}
  end

  def area(box)
    columns = @x.each_cons(2).select { |low, high| low >= box.left && high <= box.right }
    rows = @y.each_cons(2).select { |low, high| low >= box.bottom && high <= box.top }
    rows.product(columns).sum { |(bottom, top), (left, right)| bin(RBA::Box.new(left, bottom, right, top)) }
  end

  def bin(box)
    @areas[box.to_s] ||= (@placed.overlapping(box) & RBA::Region.new(box)).area
  end
end
