package import Autograd
import TensorCore

/// The parameters of a network, in order, each name once.
package struct ParameterSet: Sendable {
  /// In the order of the network.
  package let parameters: [Parameter]
  private let numbers: [String: Int]

  /// Takes parameters in order; a network that gives a name twice is wrong itself.
  package init(_ parameters: [Parameter]) {
    self.parameters = parameters
    numbers = Dictionary(
      parameters.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in
        preconditionFailure("two parameters are named '\(parameters[first].name)'")
      })
  }

  /// The parameter of this name; nil when there is none.
  package subscript(name: String) -> Parameter? { numbers[name].map { parameters[$0] } }
  /// In order.
  package var names: [String] { parameters.map(\.name) }
  /// Numbers in all.
  package var elementCount: Int { parameters.reduce(0) { $0 + $1.value.shape.count } }
}
