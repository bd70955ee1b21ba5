"""A made-up mailer for docs/guide.md: what its shop system exports, and how time goes by after a mailing.

python shop.py begin                   customers, orders and costs up to 30 June 2024, in source/
python shop.py later DAY LIST [LIST]   orders up to DAY, with those that the mailing lists brought, and the replies

Who is mailed orders once more within six weeks with probability 0.15; that is the truth which the guide measures.
Everything else goes on as it would have. Files are as an office in Poland exports them: Windows-1250, semicolons,
decimal commas, days first, columns by Polish names. The same call writes the same bytes.
"""

import csv
import datetime as dt
import json
import random
import sys
from pathlib import Path

SOURCE = Path("source")
FIRST_DAY, LAST_DAY, IN_HOME = dt.date(2022, 7, 1), dt.date(2024, 6, 30), dt.date(2024, 7, 14)
CUSTOMERS = 3000
EFFECT, EFFECT_DAYS, QUOTE = 0.15, 42, 0.6  # more who order; days within which; share that quotes the key code
WOMEN = ("Anna", "Maria", "Katarzyna", "Małgorzata", "Agnieszka", "Elżbieta", "Zofia", "Łucja", "Żaneta")
MEN = ("Piotr", "Krzysztof", "Andrzej", "Tomasz", "Jan", "Paweł", "Stanisław", "Jakub", "Łukasz", "Grzegorz")
NAMES = ("Nowak", "Wójcik", "Kowalczyk", "Woźniak", "Mazur", "Zając", "Król", "Wróbel", "Stępień", "Dudek", "Pająk")
STREETS = ("Polna", "Leśna", "Słoneczna", "Krótka", "Szkolna", "Ogrodowa", "Lipowa", "Łąkowa", "Kościelna", "Sosnowa")
TOWNS = {"Warszawa": "00", "Łódź": "90", "Kraków": "30", "Wrocław": "50", "Poznań": "60", "Lublin": "20"}
CUSTOMER_COLUMNS = ("nr_klienta", "imię", "nazwisko", "ulica", "kod", "miasto", "od_kiedy", "sprzeciw", "wiek")
ORDER_COLUMNS = ("nr_zamówienia", "klient", "data", "wartość", "marża", "kod_oferty")

Row = tuple[object, ...]


def make_customers() -> list[Row]:
    """One row per customer, in the order of CUSTOMER_COLUMNS."""
    chance, rows = random.Random(1), []
    for number in range(1, CUSTOMERS + 1):
        town = chance.choice(list(TOWNS))
        since = FIRST_DAY + dt.timedelta(days=int(chance.triangular(0, 700, 0)))
        objects = "tak" if chance.random() < 0.02 else "nie"
        street = f"{chance.choice(STREETS)} {chance.randint(1, 80)}"
        postcode = f"{TOWNS[town]}-{chance.randint(100, 999)}"
        name = chance.choice(WOMEN + MEN), chance.choice(NAMES)
        rows.append((f"K{number:04}", *name, street, postcode, town, day(since), objects, chance.randint(19, 84)))
    return rows


def make_orders(until: dt.date) -> list[Row]:
    """Orders that no mailing brought, up to `until`: every customer at a pace of their own, until some stop."""
    rows = []
    for number, customer in enumerate(make_customers(), start=1):
        chance = random.Random(number * 1000)
        pace, basket = 100 / chance.gammavariate(2, 0.5), chance.gammavariate(4, 30)
        ordered, count = dt.datetime.strptime(str(customer[6]), "%d.%m.%Y").date(), 0
        while ordered <= until:
            rows.append(order(chance, f"{number:04}{count:03}", customer[0], ordered, basket))
            if chance.random() < 0.08:
                break
            ordered, count = ordered + dt.timedelta(days=1 + int(chance.expovariate(1 / pace))), count + 1
    return rows


def make_answers(lists: list[Path], until: dt.date) -> list[Row]:
    """Orders that the mailing brought, up to `until`."""
    rows = []
    for file in lists:
        for piece in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
            chance = random.Random(int(piece["customer_id"][1:]))
            comes, after, quotes = chance.random() < EFFECT, chance.randint(1, EFFECT_DAYS), chance.random() < QUOTE
            ordered, code = IN_HOME + dt.timedelta(days=after), piece["keycode"] if quotes else ""
            if comes and ordered <= until:
                number = f"{piece['customer_id'][1:]}900"
                rows.append(order(chance, number, piece["customer_id"], ordered, chance.gammavariate(4, 30), code))
    return rows


def order(chance: random.Random, number: str, who: object, ordered: dt.date, basket: float, code: str = "") -> Row:
    """One order, in the order of ORDER_COLUMNS."""
    amount = round(basket * chance.uniform(0.6, 1.4), 2)
    return f"Z{number}", who, day(ordered), money(amount), money(amount * 0.4), code


def day(date: dt.date) -> str:
    """Day first."""
    return f"{date:%d.%m.%Y}"


def money(amount: float) -> str:
    """With a decimal comma."""
    return f"{amount:.2f}".replace(".", ",")


def write(name: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Write a table as the office exports it."""
    SOURCE.mkdir(exist_ok=True)
    with (SOURCE / f"{name}.csv").open("w", encoding="windows-1250", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows([columns, *rows])


def begin() -> None:
    """Everything up to the first night, with two mistakes in the orders."""
    write("customers", CUSTOMER_COLUMNS, make_customers())
    orders = make_orders(LAST_DAY)
    orders[10] = (*orders[10][:2], "31.06.2024", *orders[10][3:])
    orders[20] = (orders[20][0], "K9999", *orders[20][2:])
    write("orders", ORDER_COLUMNS, orders)
    write("costs", ("nazwa", "kwota", "rodzaj", "od"), [("Projekt i szkolenie", "900,00", "once", "01.07.2024")])


def later(until: dt.date, lists: list[Path]) -> None:
    """All orders up to `until`, and the reply cards that came back with a key code."""
    answers = make_answers(lists, until)
    write("orders", ORDER_COLUMNS, make_orders(until) + answers)
    manifest = json.loads(next(lists[0].parent.glob("*.manifest.json")).read_text(encoding="utf-8"))
    cards = [(manifest["campaign_id"], who, ordered, code) for _, who, ordered, _, _, code in answers if code]
    write("responses", ("kampania", "klient", "data", "kod_oferty"), cards)


if __name__ == "__main__":
    if sys.argv[1:] == ["begin"]:
        begin()
    elif len(sys.argv) > 3 and sys.argv[1] == "later":
        later(dt.date.fromisoformat(sys.argv[2]), [Path(file) for file in sys.argv[3:]])
    else:
        sys.exit(__doc__)
