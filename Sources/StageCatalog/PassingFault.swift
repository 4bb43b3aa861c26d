import DurableFiles

/// Something the machine lacks for now: a process, memory, a descriptor, room on a disk.
///
/// It says nothing about what was asked, so that asking again later is the answer.
package struct PassingFault: Error, Hashable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }

  /// The same of an error of a file or of a child; nil when trying again would not help.
  package init?(_ error: any Error) {
    switch error {
    case let fault as PassingFault: self = fault
    case let fault as FileError where fault.isPassing: self.init(fault.description)
    default: return nil
    }
  }
}
