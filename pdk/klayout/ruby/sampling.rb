# Which pairs of a long gap are judged: lingnan.pdk.drc.sampling; the steps are numbered there.
class Candidate
  attr_reader :one, :two, :raw, :home

  # `home`: the places of the cell that stores the pair.
  def initialize(one, two, home, ordered)
    one, two = two, one if !ordered && ([two.contour.points[0], two.index] <=> [one.contour.points[0], one.index]) < 0
    @one, @two, @home = one, two, home
    @raw = Plane.segment_distance(one.whole, two.whole).round(6)
  end

  # From the nearest on, equals along the outline.
  def order
    [@raw, @one.index, @two.index]
  end

  def keys
    a, b, home = @one.contour.object_id, @two.contour.object_id, @home.object_id
    [[a, @one.index, b, home], [b, @two.index, a, home]]
  end

  # 1 where both outlines run the same way, -1 where they run against each other.
  def way
    (ax, ay), (bx, by) = @one.whole
    (cx, cy), (dx, dy) = @two.whole
    (bx - ax) * (dx - cx) + (by - ay) * (dy - cy) > 0 ? 1 : -1
  end
end

module Sampling
  module_function

  # Calls back with a pair or all pairs between two faults, the least value, and whether it is a fault by itself.
  def judged(found, judge)
    runs_of(nearest(found)).each do |run|
      picked = anchors(run)
      verdicts = picked.map { |k| [k, judge.call(run[k].one, run[k].two)] }.to_h
      covered = []
      picked.each_cons(2) do |a, b|
        first, second = verdicts[a], verdicts[b]
        if first && second && first[1] && second[1]
          yield run[a..b], [first[0], second[0]].min, true
          covered << a << b
        elsif first || second
          ((a + 1)...b).each { |k| verdicts[k] = judge.call(run[k].one, run[k].two) }
        end
      end
      verdicts.each { |k, verdict| yield [run[k]], *verdict if verdict && !covered.include?(k) }
    end
  end

  def nearest(found)
    best = {}
    found.each do |candidate|
      candidate.keys.each do |key|
        best[key] = candidate if !best.key?(key) || (candidate.order <=> best[key].order) < 0
      end
    end
    best.values.uniq(&:object_id)
  end

  def runs_of(found)
    groups = found.group_by { |c| [c.one.contour.object_id, c.two.contour.object_id, c.home.object_id, c.way] }
    groups.values.flat_map do |group|
      way = group[0].way
      sorted = group.each_with_index.sort_by { |c, k| [c.one.index, way * c.two.index, k] }.map(&:first)
      sorted.slice_when { |a, b| !follows?(a, b, way) }.to_a
    end
  end

  def follows?(a, b, way)
    b.one.index - a.one.index <= NEXT && (-NEXT..NEXT).cover?(way * (b.two.index - a.two.index))
  end

  def anchors(run)
    picked = [0, run.size - 1]
    (0...run.size).each_slice(STRIDE) { |block| picked << block.min_by { |k| run[k].order } }
    picked.uniq.sort
  end

  # Outline of what lies between both sides of a run.
  def strip(members)
    first, last = members[0], members[-1]
    along, across = first.one.contour.points, first.two.contour.points
    here = along[first.one.index..last.one.index] + [along[(last.one.index + 1) % along.size]]
    low, high = [first.two.index, last.two.index].sort
    there = across[low..high] + [across[(high + 1) % across.size]]
    points = here + (first.way < 0 ? there : there.reverse)
    RBA::Polygon.new(points.map { |x, y| RBA::Point.new(x, y) })
  end
end
