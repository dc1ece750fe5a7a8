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

  # Least-squares parabola through (s, value): value and second derivative at s = 0, and the rms residual.
  def parabola(s, values)
    terms, rms = polynomial(s, values, 2)
    [terms[0], 2 * terms[2], rms]
  end

  # Least-squares polynomial of degree 0 to 2 through (s, value): its coefficients, and the rms residual.
  def polynomial(s, values, degree)
    scale = s.map(&:abs).max
    scale = 1.0 if scale == 0
    us = s.map { |t| t / scale }
    all = (0..degree).to_a
    rows = all.map { |j| all.map { |k| us.sum { |u| u**(j + k) } } }
    right = all.map { |j| us.zip(values).sum { |u, value| value * u**j } }
    all.each do |j|
      (j + 1..degree).each do |i|
        share = rows[i][j] / rows[j][j]
        rows[i] = rows[i].zip(rows[j]).map { |x, y| x - share * y }
        right[i] -= share * right[j]
      end
    end
    terms = [0.0] * (degree + 1)
    all.reverse_each do |j|
      terms[j] = (right[j] - (j + 1..degree).sum(0.0) { |k| rows[j][k] * terms[k] }) / rows[j][j]
    end
    off = us.zip(values).map { |u, value| all.sum { |k| terms[k] * u**k } - value }
    [all.map { |k| terms[k] / scale**k }, Math.sqrt(off.sum { |x| x * x } / off.size)]
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

  # Distance of a point from the curve, and 1 where it lies beyond its ends by more than a tenth, else 0.
  def gap(p)
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    t = square == 0 ? 0.0 : ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy).to_f / square
    [Plane.dist(p, at([0.0, [1.0, t].min].max)), t >= -0.1 && t <= 1.1 ? 0 : 1]
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
    j = (i + 1) % @points.size
    (a, bend_a), (b, bend_b) = smooth(i, 1), smooth(j, -1)
    return Arc.new(a, b, [0.0, 0.0]) if straight?(i)
    one, two = bend_at(i, i, bend_a), bend_at(j, i, bend_b)
    return Arc.new(a, b, one || two || [0.0, 0.0]) if one.nil? || two.nil?
    if Plane.dist(one, two) * @lengths[i]**2 / 8 > @step # a kink at one end, or the curvature jumps there
      steady = [[i, -1, one], [j, 1, two]].select { |vertex, outward, bend| steady?(vertex, outward, i, bend) }
      return Arc.new(a, b, steady[0][2]) if steady.size == 1
      return Arc.new(a, b, Math.hypot(*two) < Math.hypot(*one) ? two : one)
    end
    Arc.new(a, b, [(one[0] + two[0]) / 2, (one[1] + two[1]) / 2])
  end

  # Whether the curve bends at the next vertex as it does at this end of edge i.
  def steady?(vertex, outward, i, bend)
    return false unless @place.key?(vertex)
    beyond = bend_at(@kept[(@place[vertex] + outward) % @kept.size], i, nil)
    !beyond.nil? && Plane.dist(beyond, bend) * @lengths[i]**2 / 8 <= @step
  end

  # The second derivative of edge i at one of its ends: as fitted, else as the turn there says.
  def bend_at(vertex, i, fitted)
    return nil if @lengths[i] > LONG * least(vertex, i)
    return fitted if fitted || !@place.key?(vertex) || corner?(vertex)
    k, n = @place[vertex], @kept.size
    (x0, y0), (x1, y1), (x2, y2) = [-1, 0, 1].map { |d| @points[@kept[(k + d) % n]] }
    before, after = span(k - 1), span(k)
    short, long = [before, after].minmax
    half = (long > LONG * short ? short : short + long) / 2 # a straight that joins does not bend
    bend = [((x2 - x1) / after - (x1 - x0) / before) / half, ((y2 - y1) / after - (y1 - y0) / before) / half]
    # no curve is drawn in chords that miss it by so much: straight pieces that meet
    Math.hypot(*bend) * @lengths[i]**2 / 8 > COARSE * @step ? nil : bend
  end

  # The shorter edge at a vertex, at a corner edge i; none at a jog.
  def least(vertex, i)
    return 0.0 unless @place.key?(vertex)
    return @lengths[i] if corner?(vertex)
    k = @place[vertex]
    [span(k), span(k - 1)].min
  end

  def fit(vertex, side)
    here = @points[vertex].map(&:to_f)
    return [here, nil] unless @place.key?(vertex)
    after = side >= 0 ? neighbours(vertex, 1) : []
    before = side <= 0 ? neighbours(vertex, -1) : []
    from, to = before[0] || here, after[0] || here
    join = side == 0 && after.empty? != before.empty?
    if join # a straight joins: the tangent lies along that
      k, n = @place[vertex], @kept.size
      from, to = after.empty? ? [here, @points[@kept[(k + 1) % n]]] : [@points[@kept[k - 1]], here]
      window = after.empty? ? before : after
      half = window.select { |p| Plane.dist(p, here) <= Plane.dist(window[-1], here) / 2 }
      after, before = after.empty? ? [[], half] : [half, []]
    elsif side != 0
      from, to = here, (after.empty? ? before : after)[-1] || here
    end
    length = Plane.dist(from, to)
    dx, dy = to[0] - from[0], to[1] - from[1]
    while after.size + before.size >= (join ? 3 : 4) && length > 0
      near = [here, *after, *before].map { |x, y| [x - here[0], y - here[1]] }
      along = near.map { |x, y| (x * dx + y * dy) / length }
      across = near.map { |x, y| (y * dx - x * dy) / length }
      along, across = along + along.map(&:-@), across * 2 if join
      off, bend, rms = Plane.parabola(along, across)
      if rms <= NOISE * @step
        nx, ny = -dy / length, dx / length
        return [[here[0] + off * nx, here[1] + off * ny], [bend * nx, bend * ny]]
      end
      after, before = after.first(after.size * 2 / 3), before.first(before.size * 2 / 3)
    end
    [here, nil]
  end

  # Vertices on one side that lie on one smooth curve with a vertex, nearest first.
  def neighbours(vertex, direction, even = LONG)
    k, n = @place[vertex], @kept.size
    reference = least(vertex, (direction > 0 ? vertex : vertex - 1))
    found, at, sweep = [], k, 0.0
    [REACH, n / 2].min.times do
      break if span(direction > 0 ? at : at - 1) > even * reference
      at = (at + direction) % n
      found << @points[@kept[at]]
      turn = turn_deg(at)
      sweep += turn
      break if turn > CORNER_DEG || sweep > SWEEP_DEG
    end
    found
  end

  # Vertices around edge i as far as the outline has no corner, straight pieces and all.
  def stretch(i)
    j = (i + 1) % @points.size
    sides = [[i, -1], [j, 1]].select { |vertex, _| @place.key?(vertex) && !corner?(vertex) }
    [@points[i], @points[j]] + sides.flat_map { |vertex, direction| neighbours(vertex, direction, Float::INFINITY) }
  end

  # Edge i and those on both sides of it, as curves, up to a corner.
  def around(i)
    n = @points.size
    found = [arc(i)]
    [-1, 1].each do |direction|
      edge = i
      [REACH + 2, n / 2 - 1].min.times do
        break if corner?(direction < 0 ? edge : (edge + 1) % n)
        edge = (edge + direction) % n
        found << arc(edge)
      end
    end
    found
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

  # Vertices around the edge with their distances from the curve around another one; none beyond its corners.
  def gaps_to(other)
    curve = other.contour.around(other.index)
    @contour.stretch(@index).map { |p| [p, *curve.map { |arc| arc.gap(p) }.min] }.select { |_, _, beyond| beyond == 0 }
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
