import DurableFiles
import FoundationEssentials
import JobModel
import PipelineSpec
import StageCatalog
import YAML

/// Finds the models that stages open.
struct ModelCheck {
  private let surroundings: PlanSurroundings

  init(_ surroundings: PlanSurroundings) { self.surroundings = surroundings }

  /// Fills in the models of stages, and gives what is wrong with them.
  ///
  /// - Throws: ``PassingFault`` when a model can't be read for now.
  func fill(_ stages: inout [PlannedStage], _ graph: StageGraph) throws -> [Diagnostic] {
    var faults: [Diagnostic] = []
    for index in stages.indices {
      guard let spec = graph.spec(named: stages[index].name) else { continue }
      let slots = stages[index].description.modelSlots
      guard let first = slots.first else {
        if let model = spec.models.values.first {
          faults.append(
            Diagnostic(
              "E153", "\(stages[index].description.id) opens no models; leave 'model' out",
              at: mark(model), path: "\(spec.id.value).model"))
        }
        continue
      }
      for (slot, model) in spec.models.sorted(by: { $0.key < $1.key }) {
        let name = slot.isEmpty ? first : slot
        guard slots.contains(name) else {
          faults.append(
            Diagnostic(
              "E155",
              "\(stages[index].description.id) has no model slot '\(name)'; it has \(slots.joined(separator: ", "))",
              at: mark(model), path: "\(spec.id.value).model"))
          continue
        }
        do {
          stages[index].models[name] = try find(model, spec)
        } catch let fault as Diagnostic {
          faults.append(fault)
        }
      }
      let given = Set(spec.models.keys.map { $0.isEmpty ? first : $0 })
      let missing = slots.filter { !given.contains($0) }
      if !missing.isEmpty {
        let names = missing.map { "\($0): name@version" }.joined(separator: ", ")
        let advice = slots.count == 1 ? "name@version" : "{ \(names) }"
        faults.append(
          Diagnostic(
            "E154",
            "'\(spec.id.value)' (\(stages[index].description.id)) needs a model: 'model: \(advice)'",
            at: spec.id.mark, path: "\(spec.id.value).model"))
      }
    }
    return faults
  }

  private func mark(_ model: SpecStage.Model) -> SourceMark {
    switch model {
    case .named(let name): name.mark
    case .path(let path, _): path.mark
    }
  }

  private func find(
    _ model: SpecStage.Model, _ spec: SpecStage
  ) throws -> PlannedModel {
    let place = "\(spec.id.value).model"
    switch model {
    case .named(let name):
      let parts = name.value.split(separator: "@").map(String.init)
      guard
        let found = ModelFolders.find(
          name: parts[0], version: parts[1], in: surroundings.models),
        let digest = try manifestDigest(of: found)
      else {
        let all = ModelFolders.all(in: surroundings.models)
        if let part = all.first(where: { $0.reference == name.value }) {
          throw Diagnostic(
            "E151",
            "the model '\(name.value)' can't be used: '\(part.path)' has no \(ModelManifest.name); copy or import the model again, whole",
            at: name.mark, path: place)
        }
        let known = all.map(\.reference)
        let near = Suggestion.nearest(to: name.value, among: known)
        let list = known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))"
        throw Diagnostic(
          "E150",
          "there is no model '\(name.value)'"
            + (near.map { "; did you mean '\($0)'?" } ?? "; \(list)"),
          at: name.mark, path: place, fix: near)
      }
      return PlannedModel(reference: name.value, path: found, sha256: digest)
    case .path(let path, let digest):
      let absolute = Paths.absolute(path.value, base: surroundings.base)
      guard let status = Files.status(absolute, followingLinks: true) else {
        throw Diagnostic(
          "E151", "there is no model at '\(path.value)' (looked for '\(absolute)')", at: path.mark,
          path: place)
      }
      let file = status.kind == .directory ? "\(absolute)/MANIFEST" : absolute
      let found: String
      do throws(FileError) {
        found = try SHA256.hexDigest(ofFile: file)
      } catch {
        if let fault = PassingFault(error) { throw fault }
        throw Diagnostic(
          "E151", "the model '\(path.value)' can't be used: \(error)", at: path.mark, path: place)
      }
      if let digest, digest.value.lowercased() != found {
        throw Diagnostic(
          "E152", "the model '\(path.value)' has sha256 \(found), the spec says \(digest.value)",
          at: digest.mark, path: place)
      }
      return PlannedModel(reference: path.value, path: absolute, sha256: found)
    }
  }

  /// Nil when it can't be read, now and later.
  private func manifestDigest(of model: String) throws -> String? {
    do throws(FileError) {
      return try SHA256.hexDigest(ofFile: "\(model)/\(ModelManifest.name)")
    } catch {
      if let fault = PassingFault(error) { throw fault }
      return nil
    }
  }
}
