/// The key of record `index`: its number with zeros before it, so that keys sort as numbers do.
func recordKey(_ index: Int, digits: Int) -> String {
  let number = String(index)
  return String(repeating: "0", count: max(0, digits - number.count)) + number
}
