import JobModel
import DurableFiles

/// A bad file fails its item, with a sentence, and leaves the others alone.
enum FilesRule {
  static func check(_ subject: Subject) throws -> Findings {
    guard subject.takesFiles else { return .skipped("it reads no item files") }
    var trial = try subject.goodTrial()
    let (first, last) = (trial.items.path(0) ?? "", trial.items.path(2) ?? "")
    let whole = try Files.read(first)
    let folder = try subject.makeFolder()
    var numbers = SampleNumbers(seed: subject.feed.seed)
    let rubbish = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    var bad = [("missing", "\(folder)/gone"), ("a folder", folder)]
    for (name, bytes) in [
      ("empty", []), ("rubbish", rubbish), ("cut short", Array(whole.prefix(whole.count / 2))),
    ] {
      let path = "\(folder)/\(name).\(first.split(separator: ".").last ?? "")"
      try AtomicFile.write(bytes, to: path)
      bad.append((name, path))
    }
    var findings = Findings()
    for (name, path) in bad {
      trial.items = SampleItems(name: name, paths: [first, path, last])
      let circumstances = "with a file that is \(name)"
      Announcement.make("a file that is \(name)")
      let result = try subject.run(trial)
      findings.requireSensibleFailures(result, circumstances)
      if let failure = result.failure?.failure, ![2, 9].contains(failure.code) {
        findings.faults.append(
          "\(circumstances) process fails with \(failure.name), which fails the job; fail the item with INPUT or NOTFOUND"
        )
      }
      let others = result.itemFailures.keys.filter { $0 != 1 }.sorted()
      findings.expect(
        others.isEmpty, "\(circumstances) item \(others.first ?? 0) fails too, whose file is good")
      if path == "\(folder)/gone" {
        findings.expect(!result.isClean, "\(circumstances) all is well, it says")
      }
    }
    return findings
  }
}
