import FileNames
import JobModel

/// Lays a job's outcome out as one self-contained HTML page.
struct ReportPage {
  var result: JobResult
  var plan: JobPlan
  var statistics: ItemStatistics
  /// By stage, what a task measured step by step.
  var metrics: [(stage: String, table: MetricTable)]
  /// First failed items, at most ``ReportPage/listLimit``.
  var failedItems: [FailedItem]
  /// First items of damaged data, at most ``ReportPage/listLimit``.
  var damagedItems: [DamagedItem] = []
  /// First result files, at most ``ReportPage/listLimit``.
  var files: [OutputFile]
  /// Preview pictures: name, media type, base-64 text.
  var previews: [(name: String, mediaType: String, base64: String)]

  static let listLimit = 200

  var html: HTML {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>\(result.name): \(result.state.rawValue)</title><style>\(ReportStyle.sheet)</style></head><body>
    \(head)\(metricSection)\(previewSection)\(stageSection)\(statisticsSection)\(failedSection)\(damagedSection)\
    \(attemptSection)\(fileSection)\(planSection)</body></html>

    """
  }

  private var head: HTML {
    let seconds =
      Double(
        result.endedMilliseconds - (result.startedMilliseconds ?? result.submittedMilliseconds))
      / 1000
    let ended = CivilTime(secondsSince1970: result.endedMilliseconds / 1000).iso8601
    let reason: HTML = result.message.map { "<p class=\"reason\">\($0)</p>" } ?? ""
    return """
      <header class="\(result.state.rawValue)"><h1>\(result.name) \
      <span class="state \(result.state.rawValue)">\(result.state.rawValue)</span></h1>
      <p class="quiet">job \(result.id.text) · ended \(ended) · took \(Quantity.duration(seconds))</p>
      \(reason)\(model)<p class="quiet">Results are in <code>\(result.outputDirectory)</code></p></header>
      <div class="tiles">\(tiles(seconds))</div>
      \(flow)
      """
  }

  private func tiles(_ seconds: Double) -> HTML {
    var tiles = [tile(plan.isTask ? "items" : "done", "\(result.itemsDone)")]
    if result.itemsFailed > 0 { tiles.append(tile("failed", "\(result.itemsFailed)")) }
    if let damaged = result.itemsDamaged { tiles.append(tile("damaged", "\(damaged)")) }
    if result.itemsSkipped > 0 { tiles.append(tile("skipped", "\(result.itemsSkipped)")) }
    if result.filesWritten > 0 {
      tiles.append(tile(result.filesWritten == 1 ? "file" : "files", "\(result.filesWritten)"))
      tiles.append(tile("written", Quantity.bytes(result.bytesWritten)))
    }
    tiles.append(tile("in all", Quantity.duration(seconds)))
    if !plan.isTask {
      let rate = Double(result.itemsDone) / max(seconds, 1e-3)
      tiles.append(tile("items a second", Quantity.rate(rate)))
    }
    tiles.append(tile("memory of a worker", Quantity.bytes(result.peakMemoryBytes)))
    return .joined(tiles)
  }

  /// The stages in the order in which they run.
  private var flow: HTML {
    let steps = plan.stages.map { stage -> HTML in
      "<li title=\"\(stage.description.summary)\">\(stage.name) <span class=\"quiet\">\(stage.description.id)</span></li>"
    }
    return "<ul class=\"flow\">\(.joined(steps))</ul>\n"
  }

  private var model: HTML {
    result.model.map { "<p>Published the model <b>\($0)</b></p>" } ?? ""
  }

  private func tile(_ label: String, _ value: String) -> HTML {
    "<div><b>\(value)</b><span>\(label)</span></div>"
  }

  private var metricSection: HTML {
    .joined(
      metrics.map { stage, table in
        let plots = table.names.map { name in
          MetricPlot(name: name, series: table.series[name] ?? MetricSeries()).figure
        }
        guard !plots.isEmpty else { return "" }
        return """
          <section><h2>Measured by \(stage), over its steps</h2>
          <div class="plots">\(.joined(plots))</div></section>

          """
      })
  }

  private var previewSection: HTML {
    guard !previews.isEmpty else { return "" }
    let figures = previews.map { preview -> HTML in
      """
      <figure><img alt="\(preview.name)" src="data:\(preview.mediaType);base64,\(preview.base64)">\
      <figcaption>\(preview.name)</figcaption></figure>

      """
    }
    return """
      <section><h2>Pictures</h2><div class="pictures">\(.joined(figures))</div></section>

      """
  }

  private var stageSection: HTML {
    let longest = max(result.stages.map(\.seconds).max() ?? 0, 1e-9)
    let rows = result.stages.map { stage -> HTML in
      let share = Quantity.decimal(stage.seconds / longest * 100, places: 1)
      let rate = Quantity.rate(Double(stage.items) / max(stage.seconds, 1e-9))
      let use = plan.stages.first { $0.name == stage.stage }?.description.id ?? ""
      return """
        <tr><td>\(stage.stage)</td><td class="quiet">\(use)</td><td class="n">\(stage.items)</td>\
        <td class="n">\(Quantity.duration(stage.seconds))</td><td class="n">\(rate)</td>\
        <td class="bar"><i style="width:\(share)%"></i></td></tr>

        """
    }
    return """
      <section><h2>Stages</h2><table><tr><th>stage</th><th>uses</th><th class="n">items</th>\
      <th class="n">time</th><th class="n">rate</th><th>share of the slowest</th></tr>
      \(.joined(rows))</table></section>

      """
  }

  private var statisticsSection: HTML {
    guard !statistics.columns.isEmpty else { return "" }
    let rows = statistics.columns.sorted { $0.key < $1.key }.map { key, column -> HTML in
      """
      <tr><td>\(key)</td><td class="n">\(column.count)</td>\
      <td class="n">\(AxisTicks.trimmed(column.mean, places: 4))</td>\
      <td class="n">\(AxisTicks.trimmed(column.least, places: 4))</td>\
      <td class="n">\(AxisTicks.trimmed(column.greatest, places: 4))</td></tr>

      """
    }
    return """
      <section><h2>Measured per item</h2><table><tr><th>what</th><th class="n">items</th>\
      <th class="n">mean</th><th class="n">least</th><th class="n">greatest</th></tr>
      \(.joined(rows))</table></section>

      """
  }

  private var failedSection: HTML {
    guard result.itemsFailed > 0 else { return "" }
    let rows = failedItems.map { item -> HTML in
      let kept: HTML = item.isQuarantined ? " <span class=\"quiet\">(quarantined)</span>" : ""
      return """
        <tr><td>\(item.id.shown)</td><td>\(item.stage)</td><td>\(item.reason)\(kept)</td></tr>

        """
    }
    return """
      <section><h2>Failed items</h2>\(more(result.itemsFailed, shown: rows.count, whole: "failed.jsonl"))
      <table><tr><th>item</th><th>stage</th><th>reason</th></tr>
      \(.joined(rows))</table></section>

      """
  }

  private var damagedSection: HTML {
    guard let count = result.itemsDamaged, count > 0 else { return "" }
    let rows = damagedItems.map { item -> HTML in
      """
      <tr><td>\(item.id.shown)</td><td>\(item.reason)</td></tr>

      """
    }
    return """
      <section><h2>Damaged items</h2><p class="quiet">Done with what their data still shows.</p>\
      \(more(count, shown: rows.count, whole: "damaged.jsonl"))
      <table><tr><th>item</th><th>damage</th></tr>
      \(.joined(rows))</table></section>

      """
  }

  private var attemptSection: HTML {
    guard !result.failedAttempts.isEmpty else { return "" }
    let rows = result.failedAttempts.prefix(Self.listLimit).map { attempt -> HTML in
      let stack: HTML =
        attempt.failure.stack.isEmpty
        ? ""
        : "<details><summary>stack</summary><pre>\(attempt.failure.stack.joined(separator: "\n"))</pre></details>"
      return """
        <tr><td class="n">\(attempt.shard)</td><td class="n">\(attempt.attempt)</td>\
        <td>\(attempt.failure.kind.rawValue)</td><td>\(attempt.failure.message)\(stack)</td></tr>

        """
    }
    return """
      <section><h2>Attempts that failed</h2><table><tr><th class="n">shard</th><th class="n">attempt</th>\
      <th>kind</th><th>what happened</th></tr>
      \(.joined(rows))</table></section>

      """
  }

  private var fileSection: HTML {
    guard !files.isEmpty else { return "" }
    let rows = files.map { file -> HTML in
      """
      <tr><td>\(file.name.shown)</td><td>\(file.stage)</td><td class="n">\(Quantity.bytes(file.bytes))</td>\
      <td class="quiet"><code>\(String(file.sha256.prefix(12)))</code></td></tr>

      """
    }
    return """
      <section><details><summary><h2>Files</h2> <span class="quiet">\(result.filesWritten)</span></summary>
      \(more(result.filesWritten, shown: rows.count, whole: "shards/*.done"))
      <table><tr><th>name</th><th>stage</th><th class="n">size</th><th>sha256</th></tr>
      \(.joined(rows))</table></details></section>

      """
  }

  private var planSection: HTML {
    let rows = plan.stages.map { stage -> HTML in
      """
      <tr><td>\(stage.name)</td><td>\(stage.description.id) \(stage.description.version)</td>\
      <td>\(parameters(stage))</td></tr>

      """
    }
    let batch: HTML = plan.isTask ? "" : ", batch \(plan.batch)"
    let shards = plan.shardCount == 1 ? "1 shard" : "\(plan.shardCount) shards"
    return """
      <section><details><summary><h2>Parameters</h2> <span class="quiet">defaults filled in</span></summary>
      <table><tr><th>stage</th><th>uses</th><th>parameters</th></tr>
      \(.joined(rows))</table><p class="quiet">seed \(String(plan.seed))\(batch), \(shards)</p></details></section>

      """
  }

  private func parameters(_ stage: PlannedStage) -> HTML {
    let members = stage.parameters.objectValue?.sorted { $0.key < $1.key } ?? []
    var lines = members.map { key, value -> HTML in
      "<dt>\(key)</dt><dd><code>\((try? value.canonicalText) ?? "")</code></dd>"
    }
    lines += stage.models.sorted { $0.key < $1.key }.map { slot, model -> HTML in
      "<dt>model \(slot)</dt><dd>\(model.reference) <code class=\"quiet\">\(String(model.sha256.prefix(12)))</code></dd>"
    }
    return "<dl>\(.joined(lines))</dl>"
  }

  private func more(_ total: Int, shown: Int, whole: String) -> HTML {
    total > shown
      ? "<p class=\"quiet\">The first \(shown) of \(total); all are in <code>\(whole)</code>.</p>"
      : ""
  }
}
