import DurableFiles
import FileNames
import JobModel
import StageHost

/// What the outputs of an item will be called, known before the item is worked on.
struct OutputNames: Sendable {
  /// A parameter of a sink that names one file an item.
  private struct Sink {
    var stage: String
    var template: NameTemplate
    var existing: OutputPolicy.Existing
  }

  private let sinks: [Sink]
  private let output: FileName
  private let jobID: String
  private let jobName: String

  init(_ plan: JobPlan, jobID: String) {
    self.jobID = jobID
    jobName = plan.name
    output = FileName(plan.output.directory)
    sinks = plan.stages.filter { $0.description.kind == .sink }.flatMap { stage in
      let own = stage.parameters["exists"]?.stringValue.flatMap(OutputPolicy.Existing.init)
      return stage.nameTemplates.filter(\.template.dependsOnItem).map {
        Sink(
          stage: stage.name, template: $0.template, existing: own ?? plan.output.existing)
      }
    }
  }

  /// The name an output will have.
  ///
  /// - Throws: ``StageFailure`` that blames the item when its name breaks a rule, else the parameters.
  func name(_ template: String, item: Item?) throws(StageFailure) -> FileName {
    let parsed: NameTemplate
    do throws(NameTemplateError) { parsed = try NameTemplate(template) } catch {
      throw StageFailure(.config, error.description)
    }
    do throws(NameTemplateError) {
      return try parsed.expanded(item: item, jobID: jobID, jobName: jobName)
    } catch {
      let isItems = item != nil && parsed.dependsOnItem
      throw StageFailure(isItems ? .input : .config, error.description)
    }
  }

  /// Why an item can't be done, with the stage that could not write it; nil when it can.
  func fault(of item: Item) -> (stage: String, reason: String)? {
    for sink in sinks {
      do throws(NameTemplateError) {
        let name = try sink.template.expanded(item: item, jobID: jobID, jobName: jobName)
        if let fault = OutputPolicy.fault(ofPath: output.appending(name)) {
          return (sink.stage, fault)
        }
      } catch {
        return (sink.stage, error.description)
      }
    }
    return nil
  }

  /// True where the policy is to leave out what is there already, and every output of the item is.
  func areThereAlready(_ item: Item) -> Bool {
    guard !sinks.isEmpty, sinks.allSatisfy({ $0.existing == .skip }) else { return false }
    return sinks.allSatisfy { sink in
      let name = try? sink.template.expanded(item: item, jobID: jobID, jobName: jobName)
      return name.map { Files.exists(output.appending($0)) } ?? false
    }
  }
}
