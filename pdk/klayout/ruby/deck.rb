# Runs the rules on a layout and makes the report: lingnan.pdk.drc.kinds and engine.
module Deck
  KINDS = {
    "width" => Facing.method(:facing), "space" => Facing.method(:facing), "isolation" => Facing.method(:facing),
    "notch" => Facing.method(:facing), "separation" => Facing.method(:facing), "enclosure" => Facing.method(:facing),
    "extension" => Facing.method(:facing), "overlap" => Facing.method(:facing), "parallel" => Runs.method(:runs),
    "area" => OneShape.method(:area), "width_max" => OneShape.method(:width_max),
    "exclusion" => OneShape.method(:exclusion), "angle" => OneShape.method(:angle), "grid" => OneShape.method(:grid),
    "polygon" => OneShape.method(:polygon), "open_end" => OneShape.method(:open_end),
    "abutment" => OneShape.method(:abutment), "bend_radius" => Bend.method(:bend_radius),
    "density" => Whole.method(:density), "allowed_layers" => Whole.method(:allowed_layers),
    "extent" => Whole.method(:extent), "orientation" => Whole.method(:orientation),
    "device_overlap" => Whole.method(:device_overlap)
  }.freeze

  module_function

  def faults(scene, rule)
    return [] if rule["layer"] && !scene.has?(rule["layer"])
    long = rule["kind"] == "space" && rule["options"].key?("beyond")
    found = (long ? Runs.method(:runs) : KINDS.fetch(rule["kind"])).call(scene, rule)
    return found if found.empty? || rule["unless"].nil? || !scene.has?(rule["unless"])
    excuse = scene.region(rule["unless"]).sized(INSIDE)
    found.reject { |fault| fault.outlines.all? { |polygon| (RBA::Region.new(polygon) - excuse).is_empty? } }
  end

  # Density is a matter of whole chips, or of layouts that hold a whole window.
  def applies?(scene, rule)
    return true if rule["kind"] != "density" || scene.seen?("FLOORPLAN")
    window = rule["options"]["window"].to_f / scene.dbu
    scene.top.bbox.width >= window && scene.top.bbox.height >= window
  end

  def limit_of(rule, fault)
    case rule["kind"]
    when "density" then rule["options"][fault.note]
    when "angle" then fault.note.empty? ? rule["options"]["interior_min_deg"] : 0.0
    when "orientation" then rule["options"]["tolerance_deg"] || 0.0
    when "exclusion", "extent", "device_overlap" then 0.0
    when "open_end", "polygon", "allowed_layers" then nil
    else rule["limit"]
    end
  end

  def message(rule, fault)
    parts = [rule["description"]]
    parts << format("found %g%s", fault.value, rule["unit"]) unless fault.value.nil?
    limit = limit_of(rule, fault)
    word = rule["kind"] == "density" ? fault.note : "limit"
    parts << format("%s %g%s", word, limit, rule["unit"]) unless limit.nil?
    text = parts.join(", ")
    fault.note.empty? || rule["kind"] == "density" ? text : "#{text} (#{fault.note})"
  end

  # Fills a marker database; gives the number of errors and warnings, and of shapes on mask layers.
  def run(layout, top, process, database)
    scene = Scene.new(layout, top, process)
    cell = database.create_cell(top.name)
    counts = Hash.new(0)
    process["rules"].each do |rule|
      next unless applies?(scene, rule)
      category = database.create_category(rule["id"])
      category.description = "#{rule['description']} (#{rule['severity']}, #{rule['status']})"
      faults(scene, rule).each do |fault|
        counts[rule["severity"]] += 1
        item = database.create_item(cell.rdb_id, category.rdb_id)
        to_um = RBA::CplxTrans.new(layout.dbu)
        fault.outlines.each { |polygon| item.add_value(to_um * polygon) }
        item.add_value(message(rule, fault))
      end
    end
    shapes = scene.masks.sum { |name| scene.drawn(name).count }
    [counts["error"], counts["warning"], shapes]
  end

  # In the application: the layout that is open. In batch: `klayout -b -r FILE -rd input=… -rd report=… [-rd top=…]`.
  def main(process, input, report, top_name)
    view = nil
    if input
      layout = RBA::Layout.new
      layout.read(input)
    else
      open_view = RBA::CellView.active
      raise "Open a layout, or give one: klayout -b -r FILE -rd input=LAYOUT -rd report=REPORT" unless open_view.is_valid?
      view, layout = open_view.view, open_view.layout
    end
    top = top_of(layout, top_name, view ? RBA::CellView.active.cell : nil)
    if (layout.dbu / process["grid"] - 1).abs > 1e-6
      raise "The database unit is #{layout.dbu} µm; #{process['name']} needs #{process['grid']} µm. Save the layout with that."
    end
    number = view&.create_rdb("DRC #{process['name']}")
    database = view ? view.rdb(number) : RBA::ReportDatabase.new("DRC")
    database.description = "lingnan DRC macro, #{process['stamp']}"
    database.original_file = input || ""
    database.top_cell_name = top.name
    errors, warnings, shapes = run(layout, top, process, database)
    line = "#{input || top.name}: #{errors} errors, #{warnings} warnings; #{process['rules'].size} rules on " \
           "#{shapes} mask polygons below #{top.name}; #{process['stamp']}"
    puts line
    puts "nothing was checked: no shape is on a mask layer of #{process['name']}" if shapes == 0
    database.save(report) if report
    view.show_rdb(number, RBA::CellView.active.index) if view
  end

  def top_of(layout, name, shown)
    return layout.cell(name) || raise("There is no cell #{name} in the layout.") if name
    return shown if shown
    tops = layout.top_cells
    return tops[0] if tops.size == 1
    raise "The layout has #{tops.size} top cells (#{tops.map(&:name).join(', ')}). Choose one with -rd top=NAME."
  end
end
