// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "lattice",
  targets: [
    .target(name: "CStageABI"),
    .target(name: "JobModel", swiftSettings: settings),
    .testTarget(name: "JobModelTests", dependencies: ["JobModel"], swiftSettings: settings),
  ]
)
