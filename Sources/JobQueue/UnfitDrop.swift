import DurableFiles
package import FileNames

extension JobQueue {
  /// A drop that is meant as a spec and can't be one, whatever is in it.
  package struct Unfit: Hashable, Sendable {
    /// What is wrong with it.
    package enum Fault: Hashable, Sendable {
      case name(DropName.Fault)
      case tooLarge(size: Int)
      case symbolicLink
      case folder
      /// A pipe, a socket or a device.
      case noFile

      /// Looks for a fault; nil when there is none.
      init?(_ status: Files.Status) {
        switch status.kind {
        case .regular where status.size <= DropName.sizeLimit: return nil
        case .regular: self = .tooLarge(size: status.size)
        case .symbolicLink: self = .symbolicLink
        case .directory: self = .folder
        case .other: self = .noFile
        }
      }
    }

    /// For people; what is no UTF-8 in it is escaped.
    package var name: String
    package var path: FileName
    package var fault: Fault

    /// Code of the fault as a diagnostic.
    package var code: String {
      switch fault {
      case .name: "E166"
      case .tooLarge: "E003"
      case .symbolicLink, .folder, .noFile: "E165"
      }
    }

    /// A sentence for whoever dropped it.
    package var message: String {
      switch fault {
      case .name(let fault): fault.message
      case .tooLarge(let size):
        "the file has \(size) bytes, a spec at most \(DropName.sizeLimit); name many files in a text file, with 'list'"
      case .symbolicLink:
        "this is a symbolic link, and what it leads to could change at any time; put a copy of the file here"
      case .folder:
        "this is a folder, a spec is a file; put the specs that are in it here, one by one"
      case .noFile:
        "this is a pipe, a socket or a device, a spec is a file; write the spec to a file and move that here"
      }
    }

    /// What it is called in `rejected/`: as it was, escaped and shortened where need be.
    var rejectedName: String {
      guard name.utf8.count > DropName.lengthLimit else { return name }
      let dot = name.lastIndex(of: ".") ?? name.endIndex
      var stem = name[..<dot]
      while stem.utf8.count > DropName.lengthLimit - 60 { stem.removeLast() }
      return "\(stem)…\(name[dot...])"
    }
  }
}
