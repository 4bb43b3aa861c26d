/// Every code this project gives a fault of a spec's text, with what it means and how to mend it.
///
/// Codes E1xx are the planner's and are explained there. A code is never given to another fault.
package enum DiagnosticCode {
  /// Two or three sentences; nil for a code that is not of this list.
  package static func explanation(of code: String) -> String? { explanations[code] }

  package static let explanations: [String: String] = [
    "E001":
      "The text is no YAML. The place is where the parser gave up; the cause is often on the line before: a missing quote, colon or bracket, or a tab.",
    "E002": "A spec is UTF-8 text. Save the file as UTF-8, without binary data in it.",
    "E003":
      "A spec has at most 1 MiB. List many files in a text file and name it with 'input: { NAME: { list: … } }'.",
    "E004": "Values are nested more than 64 levels deep, which no spec needs.",
    "E005": "The document is too large once its aliases are expanded.",
    "E006": "There is nothing in the file. A spec starts with 'version: 1'.",
    "E007": "A file holds one spec. Put the second document into a file of its own.",
    "E008": "A key may stand once in a mapping; with two, nobody can tell which one is meant.",
    "E009": "Keys are plain text.",
    "E010":
      "The merge key '<<' is YAML 1.1 and not supported. Alias whole values instead, or write the keys out.",
    "E011": "An alias '*name' needs an anchor '&name' earlier in the file.",
    "E012":
      "Tags such as '!!float' are not used in specs. Leave the tag out; write numbers plainly and texts in quotes.",
    "E013":
      "A character that looks like a space, a quote or nothing is another one, as texts pasted from web pages and word processors have them. Write the plain one.",
    "E020": "A spec is a mapping of keys such as 'version', 'name' and 'stages'.",
    "E021":
      "This key is not known here; nothing would read it. Keys of your own may start with 'x-'.",
    "E022": "This key has to be there.",
    "E023":
      "The value is of another kind than the key takes: a text, a whole number, a list or a mapping.",
    "E024": "Only true and false are booleans here: yes, no, on and off are texts in YAML 1.2.",
    "E025": "This Lattice reads specs of version 1.",
    "E026":
      "A pipeline's name is used in paths and lists: letters, digits, '-', '_' and '.', at most 64, starting with a letter or digit.",
    "E027": "The list is empty; it needs at least one entry.",
    "E028": "The number is outside the range that makes sense.",
    "E029": "A size needs its unit: 512MiB, 8GiB, 100MB.",
    "E030":
      "A size is a number with a unit, B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024).",
    "E031": "A length of time needs its unit: 500ms, 10s, 5m, 6h, 2d.",
    "E032": "A length of time is a number with a unit, ms, s, m (or min), h or d.",
    "E033": "A backoff is the first and the longest pause: 10s..5m.",
    "E034": "The first pause of a backoff can't be longer than the longest.",
    "E035": "The most failed items are a number or a share: 5 or 1%.",
    "E036": "A share is between 0% and 100%.",
    "E037": "The key takes one of a few words.",
    "E038":
      "A stage's id is used in file names and connections: letters, digits, '-' and '_', at most 64, starting with a letter.",
    "E039": "Two stages have the same id, so connections to it would be ambiguous.",
    "E040": "A stage and the input have the same name, so connections to it would be ambiguous.",
    "E041": "'use' names a stage and the versions that will do: image.read@1.",
    "E042": "A version range is like 1, 1.2, 1.2.3, ^1.2, ~1.2.3 or '>=1.2 <2'.",
    "E043":
      "An input port is connected to 'stage.port', or to the name of the input for a port that takes files.",
    "E044": "The connection names a stage that is not in this spec.",
    "E045": "A stage can't read what it writes itself.",
    "E046": "The connection names neither a 'stage.port' nor the input.",
    "E047": "The connection names an input, but the spec has no 'input:'.",
    "E048": "An input says where its items come from: dir, files, list or count.",
    "E049": "An input has one source of items: dir, files, list or count.",
    "E050":
      "'glob' picks files below 'dir', and 'exclude' leaves some out; they mean nothing without it.",
    "E051": "A sha256 is 64 hexadecimal digits.",
    "E052": "A model is named 'name@version', or by { path: …, sha256: … }.",
    "E053": "A spec has one input.",
    "E054": "The text is empty.",
    "E055": "A file is listed twice; its outputs would get the same names.",
    "E057": "A seed is a whole number from 0.",
    "E059": "A glob is matched below the directory and can't lead out of it.",
    "E060": "A checkpoint is kept every so many steps of training: 500 steps.",
    "E061":
      "The model a task makes is named NAME@VERSION, or NAME alone, which takes the whole number after the highest version there is.",
  ]
}
