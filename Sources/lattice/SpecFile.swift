import ArgumentParser
import DurableFiles
import FileNames
import Foundation
import JobModel
import PipelineSpec
import Planning
import StageCatalog

/// A spec that a command was given.
struct SpecFile {
  /// As the user wrote it.
  let name: String
  /// Absolute folder that its relative paths are resolved against.
  let folder: String
  let bytes: [UInt8]

  /// Reads a spec; `-` is standard input, whose relative paths are meant from the working directory.
  init(_ name: String) throws {
    self.name = name
    if name == "-" {
      folder = absolute(".")
      bytes = Array(FileHandle.standardInput.readDataToEndOfFile())
      return
    }
    let path = FileName(argument: name).absolute(from: FileName(absolute(".")))
    guard let folder = path.parent.text else {
      throw failure(
        "the folder '\(path.parent.shown)' has a name that is not UTF-8, and a spec's relative paths are meant from it; rename it"
      )
    }
    self.folder = folder
    do throws(FileError) {
      bytes = try Files.readStream(path, limit: 64 << 20)
    } catch {
      throw failure("\(error)")
    }
  }

  /// The name for people.
  private var shownName: String { FileName(argument: name).shown }

  /// Faults for people, on standard error.
  func show(_ diagnostics: [Diagnostic], verdict: String) {
    let renderer = DiagnosticRenderer(
      file: shownName, source: bytes, hasColour: Terminal.talk.hasColour)
    writeAll(renderer.text(diagnostics, verdict: verdict), to: 2)
  }

  /// Everything that is wrong with it, found as the daemon would, without writing anything.
  func check(_ catalog: StageCatalog, spool: SpoolFolder) throws -> PlanResult {
    let reading = PipelineSpec.parse(bytes)
    guard let spec = reading.spec, !reading.hasErrors else {
      return PlanResult(plan: nil, diagnostics: reading.diagnostics)
    }
    var planner = Planner(
      catalog: catalog, checker: ChildChecker(worker: PluginFolders.worker))
    let surroundings = PlanSurroundings(
      base: folder, defaultOutput: "\(spool.jobs)/new/outputs", allowedOutputs: nil,
      models: ModelFolders.searchPath(spool: spool), publishedModels: spool.models,
      processors: ProcessInfo.processInfo.activeProcessorCount, itemsPath: nil, jobID: "new")
    var result = try planner.plan(spec, in: surroundings)
    result.diagnostics = reading.diagnostics + result.diagnostics
    return result
  }
}
