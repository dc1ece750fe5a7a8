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

  # Whether an edge is long, or both meet at an angle.
  def broad?(limit)
    a, b = @one.whole, @two.whole
    [Plane.dist(*a), Plane.dist(*b)].max > BROAD * limit || Plane.angle_deg(a, b) >= MEET_DEG
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
  def judged(found, judge, limit)
    runs_of(nearest(found)).each do |run|
      picked = anchors(run)
      verdicts = picked.map { |k| [k, judge.call(run[k].one, run[k].two)] }.to_h
      covered, slender = [], []
      picked.each_cons(2) do |a, b|
        first, second = verdicts[a], verdicts[b]
        if first && second && first[1] && second[1]
          covered << a << b
          members, least = run[a..b], [first[0], second[0]].min
          if members.any? { |candidate| candidate.broad?(limit) }
            pieces = members.slice_when { |one, two| parts?(one, two, limit) }
            pieces.each { |piece| yield piece, least, true }
          elsif slender.any? && slender[-1][1] == a # goes on where the last ended
            slender[-1] = [slender[-1][0], b, [slender[-1][2], least].min]
          else
            slender << [a, b, least]
          end
        elsif first || second
          ((a + 1)...b).each { |k| verdicts[k] = judge.call(run[k].one, run[k].two) }
        end
      end
      slender.each { |a, b, least| yield run[a..b], least, true }
      verdicts.each { |k, verdict| yield [run[k]], *verdict if verdict && !covered.include?(k) }
    end
  end

  # Whether the marker of a stretch ends between two pairs of it.
  def parts?(one, two, limit)
    both = [one, two]
    return false unless both.any? { |candidate| candidate.broad?(limit) }
    return true if both.any? { |candidate| Plane.angle_deg(candidate.one.whole, candidate.two.whole) >= MEET_DEG }
    moves = [one.one.index != two.one.index, one.two.index != two.two.index]
    both.each_with_index.any? do |candidate, k|
      onward = 1 - k
      a, b = candidate.one.whole, candidate.two.whole
      ends = [onward, candidate.way < 0 ? 1 - onward : onward]
      [[a, b, 0], [b, a, 1]].any? do |here, there, side|
        moves[side] && Plane.dist(*here) > BROAD * limit &&
          Plane.near_part(here, there, limit)[ends[side]] != here[ends[side]]
      end
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

  # Whether both sides of a run are the same stretch of one outline, as those of the notches of a comb are: what would be
  # drawn round all of it runs over itself.
  def interlaced?(members)
    return false unless members[0].one.contour.equal?(members[0].two.contour)
    one, two = [:one, :two].map { |side| members.map { |pair| pair.send(side).index }.minmax }
    one[0] <= two[1] && two[0] <= one[1]
  end

  # Outline of what lies between both sides of a run, at its ends as far as the limit.
  def strip(members, limit)
    first, last = members[0], members[-1]
    start = Plane.near_part(first.one.whole, first.two.whole, limit)[0]
    stop = Plane.near_part(last.one.whole, last.two.whole, limit)[1]
    along = first.one.contour.points[(first.one.index + 1)..last.one.index]
    low, high = [first.two.index, last.two.index].sort
    across = first.two.contour.points[(low + 1)..high]
    here = Plane.near_part(first.two.whole, first.one.whole, limit)
    there = Plane.near_part(last.two.whole, last.one.whole, limit)
    back = first.way < 0 ? [there[0], *across, here[1]] : [there[1], *across.reverse, here[0]]
    points = [start, *along, stop, *back]
    RBA::Polygon.new(points.map { |x, y| RBA::Point.new(x.round(half: :even), y.round(half: :even)) })
  end
end
