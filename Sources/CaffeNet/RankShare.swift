/// Which records of a sequence one of several ranks takes: record k is for rank k mod count.
///
/// Source: Caffe's DataLayer::Skip.
package struct RankShare: Hashable, Sendable {
  /// Which of the ranks.
  package var rank = 0
  /// How many there are.
  package var count = 1

  /// All records, or those of one rank.
  package init(rank: Int = 0, count: Int = 1) {
    self.rank = rank
    self.count = max(1, count)
  }

  /// Records of other ranks before each of this one's.
  package var before: UInt64 { UInt64(rank) }
  /// Records of other ranks after each of this one's.
  package var after: UInt64 { UInt64(count - 1 - rank) }
  /// Whether all records are this one's.
  package var isWhole: Bool { count == 1 }
}
