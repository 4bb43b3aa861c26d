/// A piece of a name: a character of UTF-8, or a byte that belongs to none.
package enum NameUnit: Hashable, Sendable {
  case scalar(Unicode.Scalar)
  case byte(UInt8)

  /// Calls `body` with each piece in order.
  package static func forEach(in bytes: some Sequence<UInt8>, _ body: (NameUnit) -> Void) {
    let bytes = Array(bytes)
    guard bytes.contains(where: { $0 >= 0x80 }) else {
      for byte in bytes { body(.scalar(Unicode.Scalar(byte))) }
      return
    }
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var place = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        place += encoded.count
        body(.scalar(Unicode.UTF8.decode(encoded)))
      case .error(let length):
        for byte in bytes[place..<place + length] { body(.byte(byte)) }
        place += length
      case .emptyInput: return
      }
    }
  }
}

extension NameUnit: Comparable {
  /// The code point; bytes that belong to none come after all of them.
  private var place: UInt32 {
    switch self {
    case .scalar(let scalar): scalar.value
    case .byte(let byte): 0x11_0000 + UInt32(byte)
    }
  }

  package static func < (left: NameUnit, right: NameUnit) -> Bool { left.place < right.place }
}

extension NameUnit: ExpressibleByUnicodeScalarLiteral {
  package init(unicodeScalarLiteral value: Unicode.Scalar) { self = .scalar(value) }
}

extension NameUnit {
  /// The unit with an ASCII letter made small.
  package var lowercased: NameUnit {
    guard case .scalar(let scalar) = self, ("A"..."Z").contains(scalar) else { return self }
    return .scalar(Unicode.Scalar(UInt8(scalar.value) + 32))
  }
}

extension FileName {
  /// The name's characters, and the bytes that are none.
  package var units: [NameUnit] {
    var units: [NameUnit] = []
    units.reserveCapacity(bytes.count)
    NameUnit.forEach(in: bytes) { units.append($0) }
    return units
  }
}
