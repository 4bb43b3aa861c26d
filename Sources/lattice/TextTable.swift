import FileNames

/// Rows of text in aligned columns.
struct TextTable {
  enum Alignment { case left, right }

  private let header: [String]
  private let alignments: [Alignment]
  private var rows: [[(text: String, style: Terminal.Style?)]] = []

  init(_ columns: [(String, Alignment)]) {
    header = columns.map(\.0)
    alignments = columns.map(\.1)
  }

  /// Adds a row; cells beyond the header are dropped, missing ones are empty.
  mutating func add(_ cells: [String], styles: [Int: Terminal.Style] = [:]) {
    rows.append(
      header.indices.map { column in
        (column < cells.count ? cells[column].shown : "", styles[column])
      })
  }

  /// The table as text, a newline after each row; columns in which nothing stands are left out.
  func text(for terminal: Terminal) -> String {
    let columns = header.indices.filter { column in rows.contains { !$0[column].text.isEmpty } }
    let widths = header.indices.map { column in
      max(header[column].count, rows.map { $0[column].text.count }.max() ?? 0)
    }
    let head = line(header.map { ($0, .dim) }, columns, widths, terminal)
    return rows.reduce(into: head) { $0 += line($1, columns, widths, terminal) }
  }

  private func line(
    _ cells: [(text: String, style: Terminal.Style?)], _ columns: [Int], _ widths: [Int],
    _ terminal: Terminal
  ) -> String {
    let padded = columns.map { column -> String in
      let cell = cells[column]
      let padding = String(repeating: " ", count: widths[column] - cell.text.count)
      let text = cell.style.map { terminal.styled(cell.text, $0) } ?? cell.text
      guard alignments[column] == .left else { return padding + text }
      return column == columns.last ? text : text + padding
    }
    return padded.joined(separator: "  ") + "\n"
  }
}
