package import CKernels

/// A pointer that several threads write through, each to elements of its own.
// Who writes where is the caller's contract; memory outlives the call that splits the work.
package struct SendablePointer<Element>: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Element>?

  package init(_ pointer: UnsafeMutablePointer<Element>?) { self.pointer = pointer }
}

/// A pointer that several threads read through.
// Nobody writes to the memory while the call that splits the work runs.
package struct SendableConstant<Element>: @unchecked Sendable {
  package let pointer: UnsafePointer<Element>?

  package init(_ pointer: UnsafePointer<Element>?) { self.pointer = pointer }
}

/// A matrix that several threads read.
// As for SendableConstant.
package struct SendableMatrix: @unchecked Sendable {
  package let value: lattice_matrix

  package init(_ value: lattice_matrix) { self.value = value }
}
