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
  /// First result files, at most ``ReportPage/listLimit``.
  var files: [OutputFile]
  /// Preview pictures: name, media type, base-64 text.
  var previews: [(name: String, mediaType: String, base64: String)]

  static let listLimit = 200

  var html: HTML {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>\(result.name): \(result.state.rawValue)</title><style>\(Self.style)</style></head><body>
    \(head)\(metricSection)\(previewSection)\(stageSection)\(statisticsSection)\(failedSection)\(attemptSection)\
    \(fileSection)\(planSection)</body></html>

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
      <h1>\(result.name) <span class="state \(result.state.rawValue)">\(result.state.rawValue)</span></h1>
      <p class="quiet">job \(result.id.text) · ended \(ended) · took \(Quantity.duration(seconds))</p>
      \(reason)\(model)<div class="tiles">\(tile("done", "\(result.itemsDone)"))\
      \(tile("failed", "\(result.itemsFailed)"))\(tile("skipped", "\(result.itemsSkipped)"))\
      \(tile("files", "\(result.filesWritten)"))\(tile("written", Quantity.bytes(result.bytesWritten)))\
      \(tile("items a second", Quantity.rate(Double(result.itemsDone) / max(seconds, 1e-3))))\
      \(tile("worker memory", Quantity.bytes(result.peakMemoryBytes)))</div>
      <p class="quiet">Results are in <code>\(result.outputDirectory)</code></p>

      """
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
          <h2>Measured by \(stage), over its steps</h2>
          <div class="plots">\(.joined(plots))</div>

          """
      })
  }

  private var previewSection: HTML {
    guard !previews.isEmpty else { return "" }
    return .joined(
      ["<h2>Pictures</h2>\n"]
        + previews.map { preview in
          """
          <figure><img alt="\(preview.name)" src="data:\(preview.mediaType);base64,\(preview.base64)">\
          <figcaption>\(preview.name)</figcaption></figure>

          """
        })
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
      <h2>Stages</h2><table><tr><th>stage</th><th>uses</th><th>items</th><th>time</th><th>rate</th>\
      <th>share of the slowest</th></tr>
      \(.joined(rows))</table>

      """
  }

  private var statisticsSection: HTML {
    guard !statistics.columns.isEmpty else { return "" }
    let rows = statistics.columns.sorted { $0.key < $1.key }.map { key, column -> HTML in
      """
      <tr><td>\(key)</td><td class="n">\(column.count)</td>\
      <td class="n">\(Quantity.decimal(column.mean, places: 4))</td>\
      <td class="n">\(Quantity.decimal(column.least, places: 4))</td>\
      <td class="n">\(Quantity.decimal(column.greatest, places: 4))</td></tr>

      """
    }
    return """
      <h2>Measured per item</h2><table><tr><th>what</th><th>items</th><th>mean</th><th>least</th>\
      <th>greatest</th></tr>
      \(.joined(rows))</table>

      """
  }

  private var failedSection: HTML {
    guard result.itemsFailed > 0 else { return "" }
    let rows = failedItems.map { item -> HTML in
      let kept: HTML = item.isQuarantined ? " <span class=\"quiet\">(quarantined)</span>" : ""
      return """
        <tr><td>\(item.id)</td><td>\(item.stage)</td><td>\(item.reason)\(kept)</td></tr>

        """
    }
    return """
      <h2>Failed items</h2>\(more(result.itemsFailed, shown: rows.count, whole: "failed.jsonl"))
      <table><tr><th>item</th><th>stage</th><th>reason</th></tr>
      \(.joined(rows))</table>

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
      <h2>Attempts that failed</h2><table><tr><th>shard</th><th>attempt</th><th>kind</th>\
      <th>what happened</th></tr>
      \(.joined(rows))</table>

      """
  }

  private var fileSection: HTML {
    guard !files.isEmpty else { return "" }
    let rows = files.map { file -> HTML in
      """
      <tr><td>\(file.name)</td><td>\(file.stage)</td><td class="n">\(Quantity.bytes(file.bytes))</td>\
      <td class="quiet"><code>\(String(file.sha256.prefix(12)))</code></td></tr>

      """
    }
    return """
      <h2>Files</h2>\(more(result.filesWritten, shown: rows.count, whole: "shards/*.done"))
      <table><tr><th>name</th><th>stage</th><th>size</th><th>sha256</th></tr>
      \(.joined(rows))</table>

      """
  }

  private var planSection: HTML {
    let rows = plan.stages.map { stage -> HTML in
      let parameters = (try? stage.parameters.canonicalText) ?? "{}"
      return """
        <tr><td>\(stage.name)</td><td>\(stage.description.id) \(stage.description.version)</td>\
        <td><code>\(parameters)</code></td></tr>

        """
    }
    return """
      <h2>Parameters, defaults filled in</h2><table><tr><th>stage</th><th>uses</th><th>parameters</th></tr>
      \(.joined(rows))</table><p class="quiet">seed \(String(plan.seed)), batch \(plan.batch), \
      \(plan.shardCount) shards</p>

      """
  }

  private func more(_ total: Int, shown: Int, whole: String) -> HTML {
    total > shown
      ? "<p class=\"quiet\">The first \(shown) of \(total); all are in <code>\(whole)</code>.</p>"
      : ""
  }

  private static let style: HTML = """
    :root{color-scheme:light dark;--line:#8884;--quiet:#888}body{font:15px/1.5 system-ui,sans-serif;\
    max-width:70rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.6rem}h2{font-size:1.1rem;\
    margin-top:2rem}table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);\
    padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}.n{text-align:right;\
    font-variant-numeric:tabular-nums;white-space:nowrap}.quiet{color:var(--quiet)}.reason{font-size:1.1rem}\
    .state{font-size:.9rem;padding:.15rem .6rem;border-radius:1rem;color:#fff;background:#777}\
    .succeeded{background:#2a7d3f}.partial{background:#b07a10}.failed{background:#b3261e}.tiles{display:flex;\
    flex-wrap:wrap;gap:.6rem}.tiles div{border:1px solid var(--line);border-radius:.5rem;padding:.5rem 1rem}\
    .tiles b{display:block;font-size:1.25rem}.tiles span{color:var(--quiet)}.bar{width:30%}.bar i{display:block;\
    height:.8rem;margin-top:.35rem;background:#4a7dbd;border-radius:.2rem}figure{margin:1rem 0}\
    .plots{display:flex;flex-wrap:wrap;gap:1rem}.plot{margin:0;flex:1 1 26rem;max-width:34rem}svg{width:100%}\
    .grid{stroke:var(--line)}.tick{font-size:11px;fill:var(--quiet)}.line{fill:none;stroke:#4a7dbd;stroke-width:1.6;\
    stroke-linejoin:round}.band{fill:#4a7dbd;opacity:.18}.dot{fill:#4a7dbd}img{max-width:100%;image-rendering:auto;border:1px solid var(--line)}pre{overflow-x:auto}
    """
}
