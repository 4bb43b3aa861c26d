import FileNames
import TensorFiles

/// What is wrong with a zip archive.
package enum ZipFault: Error, Hashable, Sendable {
  case noEnd
  case endRecordsDiffer
  case severalDisks
  case directoryPlace(start: UInt64, size: UInt64, end: Int)
  case tooManyMembers(found: UInt64, limit: Int)
  case memberCount(claimed: UInt64, found: Int)
  case badEntry(number: Int, byte: Int)
  case nameNotText(number: Int)
  case nameTooLong(number: Int, found: Int, limit: Int)
  case repeatedName(String)
  case encrypted(String)
  case method(String, found: UInt16)
  case badZip64(String)
  case localHeader(String, byte: UInt64)
  case outside(String, start: UInt64, size: UInt64, end: Int)
  case overlap(String, String)
  case storedSize(String, stored: UInt64, size: UInt64)
  case ratio(String, compressed: UInt64, size: UInt64)
  case inflatesTooFar(size: UInt64, limit: Int)
  case notAnArray(String)
  case arraySize(String, array: Int, member: UInt64)
  case cannotInflate(String, reason: String)
  case inflatedSize(String, expected: UInt64, found: String)
  case checksum(String, expected: UInt32, found: UInt32)
}

extension ZipFault: CustomStringConvertible {
  /// What is wrong, to follow "is no sound .npz file: ".
  package var description: String {
    switch self {
    case .noEnd:
      "the record that ends every zip archive is missing; the file was probably cut short, copy it again"
    case .endRecordsDiffer:
      "its two end records, of zip and of zip64, tell different things"
    case .severalDisks:
      "it is one part of an archive in several parts; join them first"
    case .directoryPlace(let start, let size, let end):
      "its directory of \(size) bytes at byte \(start) doesn't end at byte \(end), where the end record starts"
    case .tooManyMembers(let found, let limit):
      "it claims \(found) members, more than the limit of \(limit)"
    case .memberCount(let claimed, let found):
      "its directory has \(found) members, the end record claims \(claimed)"
    case .badEntry(let number, let byte):
      "entry \(number) of its directory, at byte \(byte), is cut short or isn't one"
    case .nameNotText(let number):
      "the name in entry \(number) of its directory is not UTF-8 text"
    case .nameTooLong(let number, let found, let limit):
      "the name in entry \(number) of its directory has \(found) bytes, more than the limit of \(limit)"
    default: aboutMember
    }
  }

  private var aboutMember: String {
    switch self {
    case .repeatedName(let name): "it has two members \(quoted(name))"
    case .encrypted(let name):
      "member \(quoted(name)) is encrypted; save it without a password"
    case .method(let name, let found):
      "member \(quoted(name)) is compressed by method \(found), only 0 (stored) and 8 (deflate) are read; save it with numpy.savez or numpy.savez_compressed"
    case .badZip64(let name):
      "the zip64 sizes of member \(quoted(name)) are missing or cut short"
    case .localHeader(let name, let byte):
      "there is no header of member \(quoted(name)) at byte \(byte), where the directory says it is"
    case .outside(let name, let start, let size, let end):
      "member \(quoted(name)), \(size) bytes from byte \(start), doesn't end before byte \(end), where the directory starts"
    case .overlap(let first, let second):
      "members \(quoted(first)) and \(quoted(second)) share bytes"
    case .storedSize(let name, let stored, let size):
      "member \(quoted(name)) is stored, but in \(stored) bytes when it has \(size)"
    default: aboutContents
    }
  }

  private var aboutContents: String {
    switch self {
    case .ratio(let name, let compressed, let size):
      "member \(quoted(name)) claims to inflate from \(compressed) bytes to \(size), which deflate can't do"
    case .inflatesTooFar(let size, let limit):
      "its members claim to inflate to \(size) bytes in all, more than the limit of \(limit)"
    case .notAnArray(let name):
      "member \(quoted(name)) is no .npy array\(Self.advice(name))"
    case .arraySize(let name, let array, let member):
      "the array in member \(quoted(name)) needs \(array) bytes with its header, the member has \(member)"
    case .cannotInflate(let name, let reason):
      "member \(quoted(name)) can't be inflated: \(reason)"
    case .inflatedSize(let name, let expected, let found):
      "member \(quoted(name)) inflates to \(found) bytes, the directory says \(expected)"
    case .checksum(let name, let expected, let found):
      "the bytes of member \(quoted(name)) have the CRC-32 \(hex(found)), the directory says \(hex(expected)); the file was damaged, copy it again"
    default: "it is damaged"
    }
  }

  private static func advice(_ name: String) -> String {
    name.hasSuffix("data.pkl")
      ? "; PyTorch saves such files, and they can run any program: save the tensors as .safetensors"
      : ""
  }

  private func quoted(_ name: String) -> String { ShownName.quoted(name) }

  private func hex(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
