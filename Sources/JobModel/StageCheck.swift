/// What `lattice-worker check` reads: stages in an order in which each follows those it reads from.
package struct StageCheckRequest: Codable, Hashable, Sendable {
  package struct Entry: Codable, Hashable, Sendable {
    package var name: String
    package var pluginPath: String
    package var stageID: String
    package var parameters: JSONValue
    /// Tensor ports only.
    package var inputs: [String: PortReference]

    package init(
      name: String, pluginPath: String, stageID: String, parameters: JSONValue,
      inputs: [String: PortReference]
    ) {
      self.name = name
      self.pluginPath = pluginPath
      self.stageID = stageID
      self.parameters = parameters
      self.inputs = inputs
    }
  }

  package struct PortReference: Codable, Hashable, Sendable {
    package var stage: String
    package var port: String

    package init(stage: String, port: String) {
      self.stage = stage
      self.port = port
    }
  }

  package var stages: [Entry]

  package init(stages: [Entry]) { self.stages = stages }
}

/// What `lattice-worker check` answers, one entry for each of the request's stages, in its order.
package struct StageCheckResponse: Codable, Hashable, Sendable {
  package struct Entry: Codable, Hashable, Sendable {
    package var name: String
    /// By output port; empty when there are faults.
    package var outputs: [String: TensorSpec]
    package var faults: [Fault]

    package init(name: String, outputs: [String: TensorSpec], faults: [Fault]) {
      self.name = name
      self.outputs = outputs
      self.faults = faults
    }
  }

  package struct Fault: Codable, Hashable, Sendable {
    /// Nil when the fault is of the stage as a whole, such as its inputs' sizes.
    package var parameter: String?
    package var message: String
    /// True when not the pipeline is at fault but the stage, whose check says what it must not.
    package var isBrokenCheck: Bool?

    package init(parameter: String?, message: String, isBrokenCheck: Bool? = nil) {
      self.parameter = parameter
      self.message = message
      self.isBrokenCheck = isBrokenCheck
    }
  }

  package var stages: [Entry]

  package init(stages: [Entry]) { self.stages = stages }
}
