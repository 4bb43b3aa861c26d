/// Draws a metric as SVG: its mean as a line, its spread as a band; by logarithms where it spans decades.
struct MetricPlot {
  var name: String
  var series: MetricSeries

  private static let size = (width: 440.0, height: 190.0)
  private static let margin = (left: 56.0, right: 12.0, top: 10.0, bottom: 26.0)
  private static let mostBuckets = 320

  var figure: HTML {
    let last = series.points.last.map { AxisTicks.label($0.value) } ?? "–"
    return """
      <figure class="plot"><figcaption><b>\(name)</b> <span class="quiet">last \(last)</span></figcaption>\
      \(svg)</figure>

      """
  }

  private var svg: HTML {
    let buckets = series.buckets(atMost: Self.mostBuckets)
    let scale = PlotScale(buckets, series, size: Self.size, margin: Self.margin)
    let upper = buckets.map { scale.point($0.step, $0.greatest) }
    let lower = buckets.reversed().map { scale.point($0.step, $0.least) }
    let line = buckets.map { scale.point($0.step, $0.mean) }
    let band: HTML =
      buckets.count > 1
      ? "<polygon class=\"band\" points=\"\((upper + lower).joined(separator: " "))\"/>" : ""
    let dot: HTML =
      buckets.count == 1
      ? "<circle class=\"dot\" cx=\"\(scale.x(buckets[0].step))\" cy=\"\(scale.y(buckets[0].mean))\" r=\"3\"/>"
      : ""
    return """
      <svg viewBox="0 0 \(Int(Self.size.width)) \(Int(Self.size.height))" role="img" aria-label="\(name) over steps">\
      \(grid(scale))\(band)<polyline class="line" points="\(line.joined(separator: " "))"/>\(dot)</svg>
      """
  }

  private func grid(_ scale: PlotScale) -> HTML {
    let right = PlotScale.text(Self.size.width - Self.margin.right)
    let left = PlotScale.text(Self.margin.left)
    let bottom = Self.size.height - Self.margin.bottom
    let rows = scale.yTicks.map { tick -> HTML in
      let y = scale.y(tick)
      return """
        <line class="grid" x1="\(left)" x2="\(right)" y1="\(y)" y2="\(y)"/>\
        <text class="tick" x="\(PlotScale.text(Self.margin.left - 6))" y="\(y)" text-anchor="end" dy=".32em">\
        \(AxisTicks.label(tick))</text>
        """
    }
    let columns = scale.xTicks.map { tick -> HTML in
      """
      <text class="tick" x="\(scale.x(tick))" y="\(PlotScale.text(bottom + 16))" text-anchor="middle">\
      \(AxisTicks.label(tick))</text>
      """
    }
    return .joined(rows + columns)
  }
}

/// Places values in a plot.
struct PlotScale {
  private let steps: ClosedRange<Double>
  /// Of the values, or of their logarithms.
  private let values: ClosedRange<Double>
  private let isLogarithmic: Bool
  private let origin: (x: Double, y: Double)
  private let extent: (x: Double, y: Double)

  init(
    _ buckets: [MetricSeries.Bucket], _ series: MetricSeries,
    size: (width: Double, height: Double),
    margin: (left: Double, right: Double, top: Double, bottom: Double)
  ) {
    let least = buckets.map(\.least).min() ?? 0
    let greatest = buckets.map(\.greatest).max() ?? 1
    isLogarithmic = least > 0 && greatest / least > 50
    values = Self.widened(
      isLogarithmic ? Decimals.log10(least) : least,
      isLogarithmic ? Decimals.log10(greatest) : greatest)
    let first = Double(series.points.first?.step ?? 0)
    let last = Double(series.points.last?.step ?? 1)
    steps = first < last ? first...last : first...(first + 1)
    origin = (margin.left, size.height - margin.bottom)
    extent = (size.width - margin.left - margin.right, size.height - margin.top - margin.bottom)
  }

  /// A range with a little room, and some when there is none.
  private static func widened(_ least: Double, _ greatest: Double) -> ClosedRange<Double> {
    let span = greatest - least
    let room = span > 0 ? span * 0.04 : max(abs(least) * 0.1, 1e-12)
    return (least - room)...(greatest + room)
  }

  func x(_ step: Double) -> String {
    Self.text(
      origin.x + (step - steps.lowerBound) / (steps.upperBound - steps.lowerBound) * extent.x)
  }

  func y(_ value: Double) -> String {
    let place = isLogarithmic ? Decimals.log10(value) : value
    return Self.text(
      origin.y - (place - values.lowerBound) / (values.upperBound - values.lowerBound) * extent.y)
  }

  func point(_ step: Double, _ value: Double) -> String { "\(x(step)),\(y(value))" }

  var xTicks: [Double] { AxisTicks.linear(steps, about: 5) }

  var yTicks: [Double] {
    guard isLogarithmic else { return AxisTicks.linear(values, about: 4) }
    let decades =
      Int(
        values.lowerBound.rounded(.up))...max(
        Int(values.lowerBound.rounded(.up)), Int(values.upperBound.rounded(.down)))
    let every = max(1, decades.count / 5)
    return decades.filter { $0.isMultiple(of: every) && values.contains(Double($0)) }
      .map { Decimals.power($0) }
  }

  /// A coordinate with one decimal.
  static func text(_ coordinate: Double) -> String { Quantity.decimal(coordinate, places: 1) }
}
