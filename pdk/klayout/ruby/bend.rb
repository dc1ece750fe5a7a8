# Bend radius as drawn: lingnan.pdk.drc.bend; the steps are numbered there.
module Bend
  module_function

  # Least-squares circle: centre, radius, largest distance of a point from it (Kåsa's linear fit, centred).
  def circle(points)
    n = points.size.to_f
    x0, y0 = points.sum { |p| p[0] } / n, points.sum { |p| p[1] } / n
    moved = points.map { |x, y| [x - x0, y - y0, (x - x0)**2 + (y - y0)**2] }
    uu, vv, uv = moved.sum { |u, _, _| u * u }, moved.sum { |_, v, _| v * v }, moved.sum { |u, v, _| u * v }
    ur, vr = moved.sum { |u, _, s| u * s }, moved.sum { |_, v, s| v * s }
    det = uu * vv - uv * uv
    return [x0, y0, Float::INFINITY, Float::INFINITY] if det <= FLAT * (uu + vv)**2
    a, b = (ur * vv - vr * uv) / (2 * det), (vr * uu - ur * uv) / (2 * det)
    radius = Math.sqrt((uu + vv) / n + a * a + b * b)
    error = moved.map { |u, v, _| (Math.hypot(u - a, v - b) - radius).abs }.max
    [a + x0, b + y0, radius, error]
  end

  # Orthogonal least-squares circle from a first guess, by Gauss-Newton.
  def refine(points, a, b, r)
    n = points.size.to_f
    5.times do
      rows = points.map do |x, y|
        far = Math.hypot(x - a, y - b)
        [(x - a) / far, (y - b) / far, far - r]
      end
      p0, q0, off0 = [0, 1, 2].map { |k| rows.sum { |row| row[k] } / n }
      rows = rows.map { |p, q, off| [p - p0, q - q0, off - off0] }
      pp, qq, pq, po, qo = [[0, 0], [1, 1], [0, 1], [0, 2], [1, 2]].map { |i, j| rows.sum { |row| row[i] * row[j] } }
      det = pp * qq - pq * pq
      break if det <= 0.0
      da, db = (po * qq - qo * pq) / det, (qo * pp - po * pq) / det
      a, b, r = a + da, b + db, r + off0 + p0 * da + q0 * db
      break if da.abs + db.abs <= 1e-9 * r
    end
    [a, b, r]
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
    seen = all.map { |p| [Math.hypot(p[0] - x, p[1] - y), angle(middle, [p[0] - x, p[1] - y])] }
    seen = seen.select { |far, at| far > radius + widest * 0.05 && far <= radius + widest * 1.05 && at.abs <= half }
    return nil if seen.size < 2
    nearest = seen.map(&:first).min
    side = seen.select { |far, _| far < nearest * 1.02 + 3 }
    first, last = side.map(&:last).minmax
    return nil if last - first < half # what lies across does not bend along: a body of a free form
    if side.size >= 3 # a far side that bends along keeps its distance
      terms, = Plane.polynomial(side.map(&:last), side.map(&:first), 2)
      return nil if 2 * terms[2] > nearest / 2
    end
    side.sum(&:first) / side.size - radius
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
        middle = piece[piece.size / 2]
        across = [middle[0] - x, middle[1] - y].map { |part| part * (radius / inner) }
        [radius, RBA::Polygon.new(ring), [x, y], across]
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
        found = faults_of(polygon, limit, widest, scene.step)
        bare = rule["options"].key?("teeth") && !found.empty? && Teeth.bare_arc?(polygon, scene.step)
        found.each do |radius, marker, *arc|
          value = (radius * scene.dbu).round(4)
          places = placed.places(cell).reject { |trans| bare && Teeth.row_across?(scene, rule, *arc, trans, widest) }
          places.each { |trans| pieces << Faults.found(value, marker.transformed(trans)) }
        end
      end
    end
    Faults.join(pieces)
  end
end
