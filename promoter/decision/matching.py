"""One person fills one seat: a maximum matching between seats and people."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet


def fill_seats(seats: Sequence[AbstractSet[str]], people: Mapping[int, AbstractSet[str]]) -> dict[int, int]:
    """Return seat position to person, as many seats as can be filled, no person twice.

    A seat is the set of roles of which it takes one; a person holds a set of roles. The same seats and people give the
    same answer: seats are tried in their order, people by their ids, and a seat once filled stays filled.
    Source: H. W. Kuhn 1955, by augmenting paths.
    """
    seat_of: dict[int, int] = {}

    def seat(position: int, tried: set[int]) -> bool:
        for person in sorted(people):
            if person in tried or not (people[person] & seats[position]):
                continue
            tried.add(person)
            if person not in seat_of or seat(seat_of[person], tried):
                seat_of[person] = position
                return True
        return False

    for position in range(len(seats)):
        seat(position, set())
    return {position: person for person, position in sorted(seat_of.items(), key=lambda entry: entry[1])}
