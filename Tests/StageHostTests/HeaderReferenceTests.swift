import Foundation
import Testing

/// `lattice_stage.h` is its own reference: every function says on which thread it may be called.
@Suite struct HeaderReferenceTests {
  private static let header: String = {
    let path = "\(PluginWorkshop.fixtures)/../../Sources/CStageABI/include/lattice_stage.h"
    return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }()

  /// A function pointer of a struct, with the comment that ends right before it.
  struct Function: Hashable, Sendable, CustomTestStringConvertible {
    var name: String
    var comment: String

    var testDescription: String { name }
  }

  static let functions: [Function] = {
    var found: [Function] = []
    var comment: [Substring] = []
    for line in header.split(separator: "\n", omittingEmptySubsequences: false) {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("//") {
        comment.append(text.dropFirst(2))
        continue
      }
      defer { comment = [] }
      // `TYPE (*name)(…)`, indented: a field. A parameter that is a function stands on a line that goes on.
      guard line.hasPrefix("   "), !line.hasPrefix("      "), let start = text.range(of: "(*"),
        let end = text[start.upperBound...].firstIndex(of: ")"), text.first != "("
      else { continue }
      let name = String(text[start.upperBound..<end])
      found.append(Function(name: name, comment: comment.joined()))
    }
    return found
  }()

  @Test func allAreFound() {
    let names = Self.functions.map(\.name)
    #expect(names.count == 48, "\(names)")
    #expect(Set(names).isSuperset(of: ["get_extension", "dealloc", "output_file", "check", "run"]))
  }

  @Test(arguments: functions) func saysItsThread(function: Function) {
    let threads = ["[any]", "[any, ", "[call]", "[call, ", "[host]", "[host, "]
    #expect(
      threads.contains { function.comment.contains($0) } && function.comment.hasSuffix("]"),
      "\(function.name): '\(function.comment)'")
  }

  /// What gives out memory says whose it is.
  @Test(arguments: functions) func saysTheOwner(function: Function) {
    let givers: Set = [
      "get_extension", "temp_dir", "model_path", "alloc", "item_id", "item_path", "item_metadata",
      "input",
      "input_retain", "output_alloc", "output_give", "state_dir", "model_dir", "for_each_item",
    ]
    guard givers.contains(function.name) else { return }
    let words = [
      "Owned by", "owned by", "Borrowed", "consumes", "kept alive", "the host's", "the plugin's",
    ]
    #expect(
      words.contains { function.comment.contains($0) }, "\(function.name): '\(function.comment)'")
  }

  /// Each struct has a test of its layout.
  @Test func everyStructIsPinned() throws {
    let path = "\(PluginWorkshop.fixtures)/../StageHostTests/ABILayoutTests.swift"
    let tests = try String(contentsOfFile: path, encoding: .utf8)
    let structs = Self.header.split(separator: "\n").compactMap { line -> String? in
      let enums = ["} DLDeviceType;", "} DLDataTypeCode;"]
      guard line.hasPrefix("} "), line.hasSuffix(";"), !enums.contains(String(line)) else {
        return nil
      }
      return String(line.dropFirst(2).dropLast())
    }
    #expect(structs.count == 13, "\(structs)")
    for name in structs {
      #expect(tests.contains("MemoryLayout<\(name)>.size == "), "the size of \(name)")
      #expect(tests.contains("PartialKeyPath<\(name)>"), "the offsets of \(name)")
    }
  }
}
