# Outlines of merged polygons, and where a curve ran before rounding: lingnan.pdk.drc.contour has the reasons.
module Plane
  module_function

  def dist(p, q)
    Math.hypot(q[0] - p[0], q[1] - p[1])
  end

  def deg(radians)
    radians * 180.0 / Math::PI
  end

  def segment_distance(a, b)
    return 0.0 if cross?(a, b)
    [point_distance(a[0], b), point_distance(a[1], b), point_distance(b[0], a), point_distance(b[1], a)].min
  end

  def point_distance(p, s)
    (x1, y1), (x2, y2) = s
    dx, dy = x2 - x1, y2 - y1
    square = dx * dx + dy * dy
    t = square == 0 ? 0.0 : [0.0, [1.0, ((p[0] - x1) * dx + (p[1] - y1) * dy).to_f / square].min].max
    Math.hypot(p[0] - x1 - t * dx, p[1] - y1 - t * dy)
  end

  def cross?(a, b)
    side = ->(p, q, r) { (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]) }
    side.(*a, b[0]) * side.(*a, b[1]) < 0 && side.(*b, a[0]) * side.(*b, a[1]) < 0
  end

  # Shortest distance of a pair of edges in whole units, as EdgePair#distance of later releases gives it.
  def pair_distance(pair)
    segment_distance(*[pair.first, pair.second].map { |edge| [[edge.x1, edge.y1], [edge.x2, edge.y2]] }).round
  end

  # Least-squares parabola through (s, value): its value and its second derivative at s = 0.
  def parabola(s, values)
    scale = s.map(&:abs).max
    scale = 1.0 if scale == 0
    m, r = [0.0] * 5, [0.0] * 3
    s.zip(values) do |t, value|
      u = t / scale
      5.times { |k| m[k] += u**k }
      3.times { |k| r[k] += value * u**k }
    end
    det = m[0] * (m[2] * m[4] - m[3] * m[3]) - m[1] * (m[1] * m[4] - m[3] * m[2]) + m[2] * (m[1] * m[3] - m[2] * m[2])
    top = r[0] * (m[2] * m[4] - m[3] * m[3]) - m[1] * (r[1] * m[4] - m[3] * r[2]) + m[2] * (r[1] * m[3] - m[2] * r[2])
    square = m[0] * (m[2] * r[2] - m[3] * r[1]) - m[1] * (m[1] * r[2] - m[3] * r[0]) + m[2] * (m[1] * r[1] - m[2] * r[0])
    [top / det, 2 * square / det / scale**2]
  end

  # The part of edge a within `reach` of edge b, by bisection: distance from b is convex along a.
  def near_part(a, b, reach)
    at = ->(t) { [a[0][0] + t * (a[1][0] - a[0][0]), a[0][1] + t * (a[1][1] - a[0][1])] }
    low, high = 0.0, 1.0
    40.times do
      one, two = low + 0.382 * (high - low), low + 0.618 * (high - low)
      point_distance(at.(one), b) <= point_distance(at.(two), b) ? high = two : low = one
    end
    lowest = (low + high) / 2
    [0.0, 1.0].map do |outer|
      next at.(outer) if point_distance(at.(outer), b) <= reach
      inside = lowest
      40.times do
        middle = (inside + outer) / 2
        point_distance(at.(middle), b) <= reach ? inside = middle : outer = middle
      end
      at.(inside)
    end
  end

  def angle_deg(a, b)
    ax, ay, bx, by = a[1][0] - a[0][0], a[1][1] - a[0][1], b[1][0] - b[0][0], b[1][1] - b[0][1]
    deg(Math.atan2((ax * by - ay * bx).abs, (ax * bx + ay * by).abs))
  end

  # Gaps at both ends of the stretch where two edges lie beside each other, measured across the longer one.
  def overlap_gaps(a, b)
    a, b = b, a if dist(*a) < dist(*b)
    length = dist(*a)
    return nil if length == 0
    ux, uy = (a[1][0] - a[0][0]) / length, (a[1][1] - a[0][1]) / length
    ends = b.map { |x, y| [(x - a[0][0]) * ux + (y - a[0][1]) * uy, (y - a[0][1]) * ux - (x - a[0][0]) * uy] }
    (s1, h1), (s2, h2) = ends.sort
    low, high = [0.0, s1].max, [length, s2].min
    return nil if high <= low || s2 == s1
    slope = (h2 - h1) / (s2 - s1)
    [(h1 + slope * (low - s1)).abs, (h1 + slope * (high - s1)).abs]
  end
end

# An edge as the curve it was drawn from: both ends, and the second derivative along its length.
Arc = Struct.new(:a, :b, :bend) do
  def at(t)
    bulge = -0.5 * t * (1 - t) * ((b[0] - a[0])**2 + (b[1] - a[1])**2)
    [a[0] + t * (b[0] - a[0]) + bulge * bend[0], a[1] + t * (b[1] - a[1]) + bulge * bend[1]]
  end

  def distance(p)
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    t = square == 0 ? 0.0 : [0.0, [1.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy).to_f / square].min].max
    Plane.dist(p, at(t))
  end

  # Shortest distance of two curved edges, from the ends of either to the other.
  def from(other)
    return 0.0 if Plane.cross?([a, b], [other.a, other.b])
    [other.distance(a), other.distance(b), distance(other.a), distance(other.b)].min
  end
end

# One closed outline, hull or hole, as KLayout orders it: the inside is on the right.
class Contour
  attr_reader :points, :lengths, :numbers, :kept, :place

  def initialize(points, step)
    @points, @step = points, step
    n = points.size
    @lengths = (0...n).map { |i| Plane.dist(points[i], points[(i + 1) % n]) }
    @numbers = (0...n).to_h { |i| [[points[i], points[(i + 1) % n]], i] }
    @kept = n > 4 ? (0...n).select { |i| @lengths[i - 1] > JOG * step } : (0...n).to_a
    @kept = (0...n).to_a if @kept.size < 3
    @place = @kept.each_with_index.to_h
    @smooth = {}
  end

  def edge(i)
    [@points[i], @points[(i + 1) % @points.size]]
  end

  def turn_deg(k)
    n = @kept.size
    (x0, y0), (x1, y1), (x2, y2) = [-1, 0, 1].map { |d| @points[@kept[(k + d) % n]] }
    ax, ay, bx, by = x1 - x0, y1 - y0, x2 - x1, y2 - y1
    Plane.deg(Math.atan2((ax * by - ay * bx).abs, ax * bx + ay * by))
  end

  def corner?(vertex)
    @place.key?(vertex) && turn_deg(@place[vertex]) > CORNER_DEG
  end

  def convex?(vertex)
    k, n = @place[vertex], @kept.size
    (x0, y0), (x1, y1), (x2, y2) = [-1, 0, 1].map { |d| @points[@kept[(k + d) % n]] }
    (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1) < 0
  end

  def span(k)
    n = @kept.size
    Plane.dist(@points[@kept[k % n]], @points[@kept[(k + 1) % n]])
  end

  # Whether edge i is a straight piece: between corners, or much longer than the chords it joins.
  def straight?(i)
    [[i, -1], [(i + 1) % @points.size, 0]].all? do |vertex, outward|
      !@place.key?(vertex) || corner?(vertex) || @lengths[i] >= LONG * span(@place[vertex] + outward)
    end
  end

  # Where a vertex was before rounding, and the second derivative of the curve there; at a corner as the neighbours on
  # one side tell, after it (1) or before it (-1).
  def smooth(vertex, side)
    side = 0 unless corner?(vertex)
    @smooth[[vertex, side]] ||= fit(vertex, side)
  end

  # Edge i as the curve it was drawn from.
  def arc(i)
    (a, bend_a), (b, bend_b) = smooth(i, 1), smooth((i + 1) % @points.size, -1)
    bends = [bend_a, bend_b].compact
    return Arc.new(a, b, [0.0, 0.0]) if bends.empty? || straight?(i)
    Arc.new(a, b, [0, 1].map { |k| bends.sum { |bend| bend[k] } / bends.size })
  end

  def fit(vertex, side)
    here = @points[vertex].map(&:to_f)
    return [here, nil] unless @place.key?(vertex)
    k, n = @place[vertex], @kept.size
    directions = side == 0 ? [-1, 1] : [side]
    reference = directions.map { |direction| span(direction > 0 ? k : k - 1) }.min
    s, xs, ys = [0.0], [here[0]], [here[1]]
    directions.each do |direction|
      at, way, sweep = k, 0.0, 0.0
      [REACH, n / 2].min.times do
        length = span(direction > 0 ? at : at - 1)
        break if length > LONG * reference
        at = (at + direction) % n
        way += direction * length
        x, y = @points[@kept[at]]
        s << way
        xs << x
        ys << y
        turn = turn_deg(at)
        sweep += turn
        break if turn > CORNER_DEG || sweep > SWEEP_DEG
      end
    end
    return [here, nil] if s.size < 5
    [xs, ys].map { |values| Plane.parabola(s, values) }.transpose
  end

  # Length of outline between edges i and j, the shorter way round; 0 for neighbours.
  def way(i, j)
    n = @points.size
    forward = (1...((j - i) % n)).sum { |d| @lengths[(i + d) % n] }
    backward = (1...((i - j) % n)).sum { |d| @lengths[(j + d) % n] }
    [forward, backward].min
  end
end

# One edge of a pair: the outline it lies on, and its place there.
class Side
  attr_reader :contour, :index

  def initialize(contour, index)
    @contour, @index = contour, index
  end

  def whole
    @contour.edge(@index)
  end

  def ends
    [@index, (@index + 1) % @contour.points.size]
  end

  # Axis-parallel and between corners.
  def exact?
    (x1, y1), (x2, y2) = whole
    (x1 == x2 || y1 == y2) && ends.all? { |vertex| @contour.corner?(vertex) }
  end

  # The edge before rounding.
  def drawn
    @contour.arc(@index)
  end

  def length
    @contour.lengths[@index]
  end

  # Whether the edge closes a guide: two convex, square corners with both sides running away from it.
  def face?
    ends.all? do |vertex|
      @contour.place.key?(vertex) && @contour.convex?(vertex) &&
        (@contour.turn_deg(@contour.place[vertex]) - 90.0).abs <= SQUARE_DEG
    end
  end
end
