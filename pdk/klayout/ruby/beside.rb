# What runs beside outlines, straight across, and gaps that go on for long: lingnan.pdk.drc.beside and runs.
# A stretch: outline and edge by number, from and to which share of the edge's length, and the gap, nil where none is.
Stretch = Struct.new(:loop, :edge, :start, :stop, :gap)

class Beside
  def initialize(loops, step, limit, length)
    @step, @limit = step, limit
    @longest = [limit / PER_LIMIT, length / PER_LENGTH].max
    measure(loops)
    @store, @targets = RBA::Shapes.new, []
    @cut = []
    loops.each_index { |loop| @edges[loop].each_index { |edge| cut(loop, edge) } }
  end

  # What lies between stretches and what faces them, as quadrilaterals: corners, length, and length times gap.
  def strips
    found = []
    last = nil
    stretches.each do |one|
      if last && follows?(last, one)
        found[-1][:last] = one
      else
        found << { first: one, last: one, length: 0.0, across: 0.0 }
      end
      long = length_of(one)
      found[-1][:length] += long
      found[-1][:across] += long * one.gap
      last = one
    end
    found.each { |strip| strip[:corners] = corners(strip[:first], strip[:last]) }
  end

  private

  # Of each edge where it begins, where it leads, its length and its outward normal; how long outlines are before it.
  def measure(loops)
    @edges = loops.map do |points|
      points.each_index.map do |i|
        (x1, y1), (x2, y2) = points[i], points[(i + 1) % points.size]
        dx, dy = (x2 - x1).to_f, (y2 - y1).to_f
        long = Math.hypot(dx, dy)
        [x1.to_f, y1.to_f, dx, dy, long, -dy / long, dx / long]
      end
    end
    @before = @edges.map do |edges|
      sum = 0.0
      edges.map { |edge| (sum += edge[4]) - edge[4] }
    end
    @round = @edges.map { |edges| edges.sum { |edge| edge[4] } }
  end

  def cut(loop, edge)
    x, y, dx, dy, long = @edges[loop][edge]
    count = [1, (long / @longest).ceil].max
    count.times do |number|
      start, stop = number / count.to_f, (number + 1) / count.to_f
      @cut << Stretch.new(loop, edge, start, stop)
      @targets << [x + start * dx, y + start * dy, x + stop * dx, y + stop * dy, loop, edge]
      @store.insert(around(*@targets[-1][0, 4]), @targets.size - 1)
    end
  end

  def around(x1, y1, x2, y2)
    RBA::Box.new([x1, x2].min.floor, [y1, y2].min.floor, [x1, x2].max.ceil, [y1, y2].max.ceil)
  end

  # Stretches with something across within the limit, in the order of their edges.
  def stretches
    found = @cut.each { |one| one.gap = gap(one) }
    loop do
      halved = Array.new(found.size, false)
      found.each_cons(2).with_index do |(one, two), i|
        next if one.loop != two.loop || one.edge != two.edge || one.gap.nil? == two.gap.nil?
        halved[i] ||= length_of(one) > @step
        halved[i + 1] ||= length_of(two) > @step
      end
      return found.reject { |one| one.gap.nil? } unless halved.any?
      found = found.each_with_index.flat_map { |one, i| halved[i] ? halves(one) : [one] }
    end
  end

  def halves(one)
    middle = (one.start + one.stop) / 2
    [[one.start, middle], [middle, one.stop]].map do |start, stop|
      half = Stretch.new(one.loop, one.edge, start, stop)
      half.gap = gap(half)
      half
    end
  end

  def length_of(one)
    (one.stop - one.start) * @edges[one.loop][one.edge][4]
  end

  # How far it is from the middle of a stretch straight across; nil where nothing is near or faces it.
  def gap(one)
    x, y, dx, dy, long, nx, ny = @edges[one.loop][one.edge]
    at = (one.start + one.stop) / 2
    from = [x + at * dx, y + at * dy]
    near = 0.0
    STAGES.each do |share|
      far = share * @limit
      t, target, across = met(from, nx, ny, near, far)
      near = far
      next if t.nil?
      x1, y1, x2, y2, loop, edge = target
      return nil if across < FACING * Math.hypot(x2 - x1, y2 - y1)
      own = loop == one.loop && own?(loop, @before[loop][one.edge] + at * long, edge, from[0] + t * nx, from[1] + t * ny)
      return own ? nil : t
    end
    nil
  end

  def met(from, nx, ny, near, far)
    box = around(from[0] + near * nx, from[1] + near * ny, from[0] + far * nx, from[1] + far * ny)
    best = nil
    @store.each_touching(box) do |shape|
      target = @targets[shape.prop_id]
      wx, wy = target[2] - target[0], target[3] - target[1]
      across = nx * wy - ny * wx
      next if across == 0
      ox, oy = target[0] - from[0], target[1] - from[1]
      t, u = (ox * wy - oy * wx) / across, (ox * ny - oy * nx) / across
      next unless u >= 0 && u < 1 && t > [near - LEAVES, LEAVES].max && t < far
      best = [t, shape.prop_id, across] if best.nil? || t < best[0] || (t == best[0] && shape.prop_id < best[1])
    end
    best && [best[0], @targets[best[1]], best[2]]
  end

  # Whether a place on an outline and a point on another of its edges are near each other along it.
  def own?(loop, here, edge, x, y)
    there = @before[loop][edge] + Math.hypot(x - @edges[loop][edge][0], y - @edges[loop][edge][1])
    way = (here - there).abs
    [way, @round[loop] - way].min <= OWN * @limit
  end

  # Whether a stretch goes on where the last ended, with no corner, in the same part of its outline.
  def follows?(last, one)
    return false if last.loop != one.loop
    return last.stop == one.start && block(last) == block(one) if last.edge == one.edge
    count = @edges[one.loop].size
    return false unless (last.edge + 1) % count == one.edge && last.stop == 1 && one.start == 0
    (_, _, _, _, _, ax, ay), (_, _, _, _, _, bx, by) = @edges[one.loop][last.edge], @edges[one.loop][one.edge]
    block(last) == block(one) && ax * bx + ay * by > EVEN
  end

  def block(one)
    ((@before[one.loop][one.edge] + one.start * @edges[one.loop][one.edge][4]) / @longest).floor
  end

  def corners(first, last)
    x, y, dx, dy, _, nx, ny = @edges[first.loop][first.edge]
    one = [x + first.start * dx, y + first.start * dy]
    over = [one[0] + first.gap * nx, one[1] + first.gap * ny]
    x, y, dx, dy, _, nx, ny = @edges[last.loop][last.edge]
    two = [x + last.stop * dx, y + last.stop * dy]
    [one, over, [two[0] + last.gap * nx, two[1] + last.gap * ny], two]
  end
end

module Runs
  module_function

  # parallel, and space with `beyond`.
  def runs(scene, rule)
    limit = rule["limit"] / scene.dbu
    length = (rule["options"]["beyond"] || rule["options"]["length"] || 0.0) / scene.dbu
    lengthy = scene.region(rule["layer"]).with_perimeter((2 * length).floor, nil, false)
    loops = lengthy.each.flat_map { |polygon| Scene.loops(polygon) }
    loops = loops.map { |points| simplified(points, CHORD * scene.step) }.reject { |points| points.size < 2 }
    strips = Beside.new(loops, scene.step, limit, length).strips
    groups(strips, (2 * length).floor).map do |shape, members|
      along = members.sum { |strip| strip[:length] } / 2
      next if along <= length + scene.step
      value = members.sum { |strip| strip[:across] } / (2 * along)
      next if value >= limit - scene.step
      Faults.found((value * scene.dbu).round(4), shape, "over #{(along * scene.dbu).round(1)} µm")
    end.compact
  end

  # An outline without the vertices that are no farther than the tolerance from the chord across them.
  def simplified(points, tolerance)
    closed = (points + [points[0]]).map { |x, y| [x.to_f, y.to_f] }
    kept, sections = [0], [[0, points.size]]
    until sections.empty?
      low, high = sections.pop
      most, at = -1.0, nil
      (low + 1...high).each do |k|
        distance = off(closed[k], closed[low], closed[high])
        most, at = distance, k if distance > most
      end
      next if most <= tolerance
      kept << at
      sections << [low, at] << [at, high]
    end
    kept.sort.map { |k| points[k] }
  end

  # Distance of a point from a segment, in the order of operations of the library that lingnan calls for it.
  def off(p, a, b)
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    r = square == 0 ? 0.0 : ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / square
    end_point = r <= 0 ? a : r >= 1 ? b : nil
    return Math.sqrt((p[0] - end_point[0])**2 + (p[1] - end_point[1])**2) if end_point
    (((a[1] - p[1]) * dx - (a[0] - p[0]) * dy) / square).abs * Math.sqrt(square)
  end

  # Strips that touch, as one shape, and those in it; only shapes of that perimeter or more.
  def groups(strips, perimeter)
    drawn = RBA::Region.new(strips.map { |strip| RBA::Polygon.new(strip[:corners].map { |x, y| point(x, y) }) })
    drawn.merged_semantics = false
    shapes = drawn.sized(RUN_BRIDGE).merged.with_perimeter(perimeter, nil, false).each.to_a
    store = RBA::Shapes.new
    shapes.each_with_index { |shape, number| shape.decompose_trapezoids.each { |part| store.insert(part, number) } }
    members = Array.new(shapes.size) { [] }
    strips.each do |strip|
      middle = point(*[0, 1].map { |axis| strip[:corners].sum { |corner| corner[axis] } / 4 })
      near = store.each_touching(RBA::Box.new(middle, middle))
      home = near.find { |part| part.polygon.inside?(middle) }
      members[home.prop_id] << strip if home
    end
    shapes.zip(members)
  end

  def point(x, y)
    RBA::Point.new(x.round(half: :even), y.round(half: :even))
  end
end
