# Bend radius as drawn: lingnan.pdk.drc.bend; the steps are numbered there.
module Bend
  module_function

  # Least-squares circle: centre, radius, largest distance of a point from it (Kåsa's linear fit, centred).
  def circle(points)
    n = points.size.to_f
    x0, y0 = points.sum { |p| p[0] } / n, points.sum { |p| p[1] } / n
    moved = points.map { |x, y| [x - x0, y - y0] }
    scale = [moved.flatten.map(&:abs).max, 1.0].max
    moved = moved.map { |u, v| [u / scale, v / scale] }
    rows = moved.map { |u, v| [u, v, 1.0] }
    solution = least_squares(rows, moved.map { |u, v| u * u + v * v })
    a, b = solution[0] / 2, solution[1] / 2
    radius = Math.sqrt([solution[2] + a * a + b * b, 0.0].max)
    error = moved.map { |u, v| (Math.hypot(u - a, v - b) - radius).abs }.max
    [a * scale + x0, b * scale + y0, radius * scale, error * scale]
  end

  # Orthogonal least-squares circle from a first guess, by Gauss-Newton.
  def refine(points, a, b, r)
    5.times do
      moved = points.map { |x, y| [x - a, y - b, Math.hypot(x - a, y - b)] }
      step = least_squares(moved.map { |dx, dy, far| [-dx / far, -dy / far, -1.0] }, moved.map { |m| r - m[2] })
      a, b, r = a + step[0], b + step[1], r + step[2]
    end
    [a, b, r]
  end

  # Three unknowns, by orthogonal columns (modified Gram-Schmidt): normal equations would lose short arcs.
  def least_squares(rows, right)
    q = rows.transpose
    r = Array.new(3) { [0.0] * 3 }
    3.times do |j|
      r[j][j] = Math.sqrt(q[j].sum { |v| v * v })
      return [0.0] * 3 if r[j][j] == 0
      q[j] = q[j].map { |v| v / r[j][j] }
      (j + 1...3).each do |k|
        r[j][k] = dot(q[j], q[k])
        q[k] = q[k].zip(q[j]).map { |v, w| v - r[j][k] * w }
      end
    end
    rest = right
    y = q.map do |column|
      part = dot(column, rest)
      rest = rest.zip(column).map { |v, w| v - part * w }
      part
    end
    x2 = y[2] / r[2][2]
    x1 = (y[1] - r[1][2] * x2) / r[1][1]
    [(y[0] - r[0][1] * x1 - r[0][2] * x2) / r[0][0], x1, x2]
  end

  def dot(a, b)
    a.zip(b).sum { |v, w| v * w }
  end

  # Vertices without those that close a jog of a rounding.
  def clean(points, step)
    left = points.each_index.select { |i| Plane.dist(points[i], points[i - 1]) > JOG * step }.map { |i| points[i] }
    left.size >= 3 ? left : points
  end

  # Runs of vertices along which an outline turns outwards smoothly.
  def stretches(points)
    n = points.size
    inner = (0...n).map { |i| inner?(points[i - 1], points[i], points[(i + 1) % n]) }
    return [points] if inner.all?
    start = inner.index(false)
    order = (0...n).map { |i| (i + start) % n }
    runs = (0...n).chunk_while { |i, j| inner[order[i]] == inner[order[j]] }.select { |run| inner[order[run[0]]] }
    runs.select { |run| run.size >= POINTS - 2 }.map do |run|
      ([run[0] - 1, 0].max...[run[-1] + 2, n].min).map { |i| points[order[i]] }
    end
  end

  def inner?(previous, here, following)
    ax, ay, bx, by = here[0] - previous[0], here[1] - previous[1], following[0] - here[0], following[1] - here[1]
    turn = Plane.deg(Math.atan2(ax * by - ay * bx, ax * bx + ay * by))
    short, long = [Math.hypot(ax, ay), Math.hypot(bx, by)].minmax
    long < LONG * short && turn < CORNER_DEG && turn > -Plane.deg(2.0 / short)
  end

  # Arcs of one circle on an outline: vertices, centre x and y, radius, uncertainty. Only radii below `limit`.
  def windows(points, limit, step)
    found = []
    stretches(points).each do |arc|
      low = 0
      while low <= arc.size - POINTS
        high = low + POINTS
        best = circle(arc[low...high])
        if best[3] > step
          low += 1
          next
        end
        stride = 1
        while high < arc.size
          wider = [high + stride, arc.size].min
          trial = circle(arc[low...wider])
          if trial[3] <= step
            high, best, stride = wider, trial, stride * 2
          elsif stride > 1
            stride = 1
          else
            break
          end
        end
        piece = arc[low...high]
        x, y, radius = refine(piece, *best[0..2])
        sweep = piece.each_cons(2).sum { |p, q| Plane.dist(p, q) } / [radius, 1e-9].max
        if radius < limit && Plane.deg(sweep) >= TURN_DEG
          sigma = 0.29 * step * FACTOR / ([sweep, Math::PI].min**2 * Math.sqrt(piece.size))
          found << [piece, x, y, radius, sigma]
        end
        break if high == arc.size
        low += [1, (high - low) / 2].max
      end
    end
    found
  end

  # Width of the guide that bends around an arc, nil where nothing lies across.
  def opposite(all, piece, x, y, radius, widest)
    middle = [piece[piece.size / 2][0] - x, piece[piece.size / 2][1] - y]
    half = [piece[0], piece[-1]].map { |p| angle(middle, [p[0] - x, p[1] - y]).abs }.max
    distances = all.map { |p| [Math.hypot(p[0] - x, p[1] - y), [p[0] - x, p[1] - y]] }
                   .select { |far, p| far > radius + widest * 0.05 && far <= radius + widest * 1.05 && angle(middle, p).abs <= half }
                   .map(&:first)
    return nil if distances.size < 2
    near = distances.select { |far| far < distances.min * 1.02 + 3 }
    near.sum / near.size - radius
  end

  def angle(a, b)
    Math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])
  end

  def faults_of(polygon, limit, widest, step)
    loops = Scene.loops(polygon).map { |points| clean(points, step) }
    all = loops.flatten(1)
    loops.select { |points| points.size >= POINTS }.flat_map do |points|
      windows(points, limit, step).map do |piece, x, y, inner, sigma|
        width = opposite(all, piece, x, y, inner, widest)
        next if width.nil? || width > widest
        radius = inner + width / 2
        next unless radius < limit - [step, SURE * sigma].max
        scale = inner > 0 ? (inner + width) / inner : 1.0
        outer = piece.map { |px, py| [(px - x) * scale + x, (py - y) * scale + y] }
        ring = (piece + outer.reverse).map { |px, py| RBA::Point.new(px.round(half: :even), py.round(half: :even)) }
        [radius, RBA::Polygon.new(ring)]
      end.compact
    end
  end

  def bend_radius(scene, rule)
    limit = rule["limit"] / scene.dbu
    widest = (rule["options"]["max_width"] || rule["limit"]).to_f / scene.dbu
    merged = scene.region(rule["layer"])
    return [] if merged.is_empty?
    placed = scene.placed(rule["layer"])
    pieces = []
    placed.cells.each do |cell|
      cell.shapes(placed.layer).each do |shape|
        polygon = shape.polygon
        next if polygon.nil? || polygon.num_points < 2 * POINTS
        faults_of(polygon, limit, widest, scene.step).each do |radius, marker|
          value = (radius * scene.dbu).round(4)
          placed.places(cell).each { |trans| pieces << Faults.found(value, marker.transformed(trans)) }
        end
      end
    end
    Faults.join(pieces)
  end
end
