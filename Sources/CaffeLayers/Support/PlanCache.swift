/// A prepared operation with the geometry it was made for: `reshape` runs before every forward, but a plan is made anew only
/// when shapes change.
struct PlanCache<Spec: Equatable, Plan> {
  private var made: (spec: Spec, plan: Plan)?

  /// Makes an empty cache.
  init() {}

  /// The plan, once `prepare` has run.
  var plan: Plan? { made?.plan }

  /// Sees to it that the plan is one for `spec`.
  mutating func prepare(_ spec: Spec, make: (Spec) throws -> Plan) rethrows {
    guard made?.spec != spec else { return }
    made = (spec, try make(spec))
  }
}
