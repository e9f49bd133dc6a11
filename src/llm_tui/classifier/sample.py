"""The built-in data: news-like texts in the four classes of AG_NEWS, composed from this file's own words.

The people, places, teams and companies are invented. Most texts are plainly of their class. The others are on a
subject that belongs to two classes (a club sells shares): texts that read alike may bear different labels there, as
in real news, so that no classifier gets all of them right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from random import Random

CLASSES = ("World", "Sports", "Business", "Sci/Tech")

LONGEST = 45
BORDERLINE = 0.3
"""The share of texts on a subject of two classes."""
TELLING = 0.5
"""The share of last sentences that speak of the class, rather than say what any news might."""

Template = tuple[str, list[list[str]]]
"""A text for `str.format`, and the stock of words for each of its slots."""


def compose(count: int, seed: int) -> tuple[list[str], list[int]]:
    """`count` texts and their classes from 0; the same `seed` gives the same texts on every machine and Python.

    A text is a headline and one or two sentences, 25 to 45 words in all. Classes are drawn evenly. A greater `count`
    adds texts and changes none.
    """
    random = Random(seed).random
    texts, labels = [], []
    for _ in range(count):
        label = int(random() * len(CLASSES))
        subjects = _shared_subjects(label) if random() < BORDERLINE else [(label,)]
        subject = subjects[int(random() * len(subjects))]
        story = _written(_stories(subject), random)
        ending = _written(_endings(label if random() < TELLING else None), random)
        fits = story.count(" ") + ending.count(" ") + 2 <= LONGEST
        texts.append(f"{story} {ending}" if fits else story)
        labels.append(label)
    return texts, labels


def _written(templates: list[Template], random: Callable[[], float]) -> str:
    """One of the templates with its slots filled. Squaring makes the later words of a stock the rarer ones."""
    form, stocks = templates[int(random() * len(templates))]
    text = form.format(*[stock[int((r := random()) * r * len(stock))] for stock in stocks])
    return "".join([part[:1].upper() + part[1:] for part in text.split("^")])


@cache
def _shared_subjects(label: int) -> list[tuple[int, ...]]:
    return [subject for subject in _STORIES if label in subject and len(subject) > 1]


@cache
def _stories(subject: tuple[int, ...]) -> list[Template]:
    """Every story of the subject in every frame."""
    lines = _lines(_STORIES[subject])
    return [
        _template(frame.replace("HEADLINE", headline).replace("CLAUSE", clause))
        for headline, clause in zip(lines[::2], lines[1::2], strict=True)
        for frame in _lines(_FRAMES)
    ]


@cache
def _endings(label: int | None) -> list[Template]:
    return [_template(line) for line in _lines(_ENDINGS[label])]


def _template(text: str) -> Template:
    """Cut a text into form and stocks: a slot `{name}` is a stock of `_STOCKS`, `{one|another}` its own. A slot that
    comes twice has the same words both times.
    """
    slots = list(dict.fromkeys(re.findall(r"\{(.+?)\}", text)))
    form = re.sub(r"\{(.+?)\}", lambda slot: f"{{{slots.index(slot[1])}}}", text)
    return form, [slot.split("|") if "|" in slot else _STOCKS[slot] for slot in slots]


def _lines(block: str) -> list[str]:
    return block.strip().splitlines()


def _join(starts: list[str], ends: list[str], between: str = "") -> list[str]:
    """Each start with each end, neighbours differing in both, so that the frequent ones do not look alike."""
    return [
        start + between + ends[(i + shift) % len(ends)]
        for shift in range(len(ends))
        for i, start in enumerate(starts)
    ]


# A country ends in "a", so that {country}n is its people, and begins with a consonant, so that "a {country}n" reads well.
_COUNTRIES = """
Veldania Kestora Marvonia Sarvia Belmora Drovia Luvania Quellia Talmora Norvania Pelloria Harmora Corvania Zarovia
Brennia Ruvenia Sedonia Vostrana Kirvania Lomaria Galdora Wolmaria Jastria Cimbora Fendria Morlavia Parvenia Tessaria
Vandoria Halvonia Gorvania Nembria Rastovia Selmeria Tirvana Lothravia
""".split()

_TOWNS = _join(
    "Kel Dun Harv Wes Bran Morv Thorn Lind Sel Cald Fenn Garr Jarl Lang Merr Nor Pell Quar Ross Tarn Varn Yar".split(),
    "burg stead vik holm haven moor mere cross ness garde lund mouth wick dale".split(),
)

_SURNAMES = _join(
    """
    Alb Ander Bal Bern Brod Cal Cham Dal Dov Dren El Er Fal Fitz Gal Gor Had Hal Hart Iv Jar Kal Ker Kov Lam Lind Lor
    Mal Mar Mer Mor Nar Nev Ol Or Pal Per Pol Quin Ral Ros Sal San Ser Sol Stav Tal Tor Ur Val Var Vel Wal Yar Zan
    """.split(),
    """
    adas aker alin ande arov arsky asco ato aux avel edo elin ello emar enko enova eris etti ev ian ick idis igan ikos
    ilova imov ing inho iro isch itz iver oda okov olan olini ombe omir onen orin oshi osta otti oyan ubo uda ula umi
    una uri usk uto uvel
    """.split(),
)

_FIRST_NAMES = """
Marta Dario Ilse Tomas Nadia Oskar Lena Pavel Amara Hugo Sonia Viktor Clara Emil Farah Jonas Greta Rafael Mina Stefan
Paula Anton Rosa Kofi Vera Luca Ines Henrik Alma Bruno Yara Matteo Edith Samir Olga Felix Noor Casper Ada Ivan Thea
Milo Renata Kenji Silvia Arne Zora
""".split()

_PEOPLE = [f"{_FIRST_NAMES[i % len(_FIRST_NAMES)]} {surname}" for i, surname in enumerate(_SURNAMES)]

_FIRMS = _join(
    "Bel Cor Dax Elt Fyn Gral Hux Jor Kry Lum Mav Nev Oro Pax Quel Rov Symm Tal Urb Vex Wyn Zan".split(),
    "andor ecta illo omar uvia axis entra ivon orel unex avia istor".split(),
)

_COMPANIES = _join(_FIRMS, "Group Holdings Industries Brands Partners Trading International Works".split(), " ")
_TECH_FIRMS = _join(_FIRMS, "Systems Software Networks Micro Labs Online Semiconductor Digital Devices Data".split(), " ")
_TEAMS = _join(_TOWNS, "Rovers United Falcons Harriers Comets Wanderers Mariners Athletic Lynx Pioneers".split(), " ")

_STOCKS: dict[str, list[str]] = {
    "country": _COUNTRIES[::2],
    "neighbour": _COUNTRIES[1::2],
    "city": _TOWNS[::2],
    "town": _TOWNS[1::2],
    "CITY": [town.upper() for town in _TOWNS],
    "person": _PEOPLE[::2],
    "other": _PEOPLE[1::2],
    "company": _COMPANIES[::2],
    "target": _COMPANIES[1::2],
    "techfirm": _TECH_FIRMS[::2],
    "techrival": _TECH_FIRMS[1::2],
    "airline": _join(_FIRMS, "Airlines Airways Air".split(), " "),
    "craft": _FIRMS,
    "team": _TEAMS[::2],
    "rival": _TEAMS[1::2],
    "agency": "Northwire Quillpress Baylight Telestar Harbourline".split(),
    "day": "Tuesday Wednesday Thursday Monday Friday Saturday Sunday".split(),
    "month": "October March June January September April December May November July February August".split(),
    "source": """
    officials|a spokesman|witnesses|a spokeswoman|local media|organisers|insiders|a statement|two people involved
    """.strip().split("|"),
    "goods": """
    steel|furniture|cement|shoes|tyres|beer|paper|frozen food|toys|paint|glass|coffee|tractors|carpets|cosmetics|bricks
    |chocolate|bicycles|packaging|tobacco|kitchens|pipes|soap|textiles|lamps|sugar|engines|jewellery|cheese|timber|pianos
    """.replace("\n", "").replace("    ", "").split("|"),
    "count": "three two four five six eight seven nine ten twelve eleven fifteen".split(),
    "ordinal": "second third first fourth fifth sixth seventh eighth tenth".split(),
    "number": [str(number) for number in range(13, 100)],
    "hundreds": [f"{number:,}" for number in range(250, 9000, 50)],
    "percent": [f"{whole}.{tenth} percent" for whole in range(1, 30) for tenth in range(1, 10)],
    "million": [f"${whole}.{tenth} million" for whole in range(2, 60) for tenth in range(1, 10)],
    "billion": [f"${whole}.{tenth} billion" for whole in range(1, 30) for tenth in range(1, 10)],
    "year": [str(year) for year in range(2003, 1949, -1)],
    "score": "2-1 1-0 3-1 2-0 3-2 4-1 3-0 4-2 4-3 5-2 5-0 6-1".split(),
    "sets": ["6-3, 6-4", "7-5, 6-2", "6-4, 7-6", "6-1, 6-3", "4-6, 6-3, 7-5", "6-2, 3-6, 6-4", "6-0, 6-2"],
}

# HEADLINE and CLAUSE stand for those of a story; ^ makes the next letter a capital.
_FRAMES = """
^HEADLINE. ^CLAUSE, {source} said on {day}.
^HEADLINE. ^CLAUSE, {source} said on {day}.
^HEADLINE. ^{source} said on {day} that CLAUSE.
^HEADLINE. On {day}, CLAUSE.
^HEADLINE ({agency}). {CITY} - ^CLAUSE.
^HEADLINE ({agency}). {agency} - ^CLAUSE.
^HEADLINE. {CITY} ({agency}) - ^CLAUSE, {source} said on {day}.
^HEADLINE. ^CLAUSE, the {town} {Courier|Gazette|Chronicle|Observer|Examiner} reported on {day}.
^HEADLINE. ^CLAUSE, according to {a statement|documents|a report|a memo} released on {day}.
"""

# Two lines a story: its headline, and a clause in the past tense that can stand after "said that".
_STORIES: dict[tuple[int, ...], str] = {
    (0,): """
{country} votes {under heavy guard|amid protests|in calm|after years of war}
millions of {country}ns voted in an election that {observers|diplomats|clerics|exiles} called {fair|tense|flawed|historic}
{blast|bomb|mortar fire|car bomb} kills {count} in {city}
an {attack|explosion} tore through a {market|bus station|police post|barracks|hotel} in {city}, killing {count} people
{country} and {neighbour} {near|sign|discuss} {truce|ceasefire|peace pact|prisoner swap}
{envoys|mediators|generals} of {country} and {neighbour} met in {city} to end {a border war|a feud|an armed standoff}
{floods|landslides|wildfires|mudslides} leave thousands homeless in {country}
{floods|landslides|wildfires|mudslides} swept the {highlands|delta|coast|plains} of {country}, and {number} people were missing
{country}n minister {quits|resigns|steps down} over {bribery|wiretap|passport|land} scandal
the {interior|foreign|defence|justice} minister of {country} left office after {lawmakers|prosecutors|judges} opened an inquiry
former {country}n {general|governor|spy chief|warlord} jailed
a {tribunal|military court|court} in {city} convicted a former {country}n {general|governor|spy chief|warlord} of {war crimes|treason|torture}
{rebels|gunmen|militants|kidnappers} release {aid workers|hostages|truck drivers|peacekeepers}
{rebels|gunmen|militants|kidnappers} in {country} freed {count} foreigners after {secret talks|a ransom|an appeal by clerics}
{students|farmers|nurses|pensioners|monks} march through {city}
{students|farmers|nurses|pensioners|monks} marched to demand {early elections|land reform|an amnesty}, and {riot police|soldiers} used tear gas
{country}n {president|leader|premier} in {neighbour} for talks
{person} of {country} held talks in {neighbour} on {migration|extradition|a defence pact|fishing rights|a shared river}
Aid agencies warn of {hunger|cholera|thirst|measles} in {country}
relief workers appealed for {grain|tents|blankets|clean water} for {number},000 refugees who fled {shelling|drought|persecution}
{country}n {troops|soldiers|marines} storm rebel {camp|base|town}
{country}n {troops|soldiers|marines} backed by {helicopters|tanks|artillery} attacked {guerrillas|insurgents} near {city}
{bus|train|ferry|plane} accident kills {number} in {country}
at least {number} people died when a crowded {bus|train|ferry|plane} caught fire near {city}
{country} buries its {wartime|exiled|beloved|reclusive} {leader|poet|bishop|king}
mourners lined the streets of {city} for {person}, who led {country} through {famine|occupation|independence|civil war}
Parliament of {country} split over {amnesty|press|citizenship|conscription} law
{opposition|independent|religious} lawmakers in {country} walked out before the vote on the {amnesty|press|citizenship|conscription} law
""",
    (1,): """
{team} {beat|edge|stun|outclass|rout} {rival} {score}
{striker|winger|midfielder|substitute} {person} scored {twice|late|from a penalty|with a header} as {team} won a {derby|cup tie|replay}
{person} scores {number} as {team} {down|top|hold off} {rival}
{guard|centre|forward} {person} had {number} points and {count} {rebounds|assists|steals|blocks} against {rival} in overtime
{person} {reaches|storms into|battles into} {city} final
{top seed|qualifier|left-hander} {person} defeated {other} {sets} in the semifinals of the {city} {Open|Masters|Classic}
{person} wins {mountain|prologue|time trial|rain-soaked} stage
cyclist {person} broke clear on the {last climb|descent|cobbles} and took the {yellow|red|white} jersey from {other}
{team} sign {goalkeeper|defender|winger|playmaker} {person}
{team} signed {goalkeeper|defender|winger|playmaker} {person} from {rival} on {loan|a three-year contract|a free transfer}
{person} out with {knee|ankle|shoulder|hamstring|wrist} injury
{captain|quarterback|pitcher|fullback} {person} of {team} was ruled out for {count} weeks with {a torn ligament|a sprain|a fracture}
{team} {sack|dismiss|part with} coach {person}
{team} dismissed coach {person} after {count} {straight defeats|games without a win}, and assistant {other} took over
{sprinter|rower|weightlifter|wrestler} banned for doping
{sprinter|rower|weightlifter|wrestler} {person} lost {a gold|a silver|a bronze} medal after a {steroid|stimulant} was found in a sample
{person} {breaks|shatters|lowers} {butterfly|hurdles|relay|backstroke|steeplechase} record
{person} won the {butterfly|hurdles|relay|backstroke|steeplechase} in the {fastest|second fastest} time of the season, ahead of {other}
{team} {sweep|blank|slug past} {rival}
{pitcher|rookie|reliever} {person} struck out {count} batters and {other} hit a home run in the {ninth|seventh|tenth} inning
{person} leads {city} {Open|Classic|Invitational}
golfer {person} made {count} birdies in a round of {number} to lead {other} at the {city} {Open|Classic|Invitational}
{person} keeps {heavyweight|welterweight|flyweight|bantamweight} title
boxer {person} {knocked out|outpointed|stopped} {other} in the {ordinal} round to keep the {heavyweight|welterweight|flyweight|bantamweight} belt
{person} on pole in {city}
{driver|rookie|veteran} {person} took pole position for the grand prix as {other} {spun off|changed tyres|hit the barrier}
{country} {hold|frustrate|draw with} {neighbour} in qualifier
coach {person} of {country} praised the {defence|goalkeeper|midfield} after a {1-1|2-2|0-0} draw with {neighbour} in a qualifier
""",
    (2,): """
{company} profit {up|down} {percent}
quarterly profit at {company}, {a maker|an importer|a distributor} of {goods}, was {up|down} {percent} to {million}
{company} to {buy|acquire|take over} {target}
{company} agreed to pay {billion} in {cash|shares|cash and debt} for {target}, which sells {goods} in {number} countries
Oil {rises|slips|jumps|steadies} on {refinery fire|supply fears|cold weather|pipeline leak}
crude traded at ${number} a barrel as {hedge funds|refiners|importers} worried about {stocks|supply|inventories} before winter
{stocks|blue chips|bank shares} {rally|slip|end mixed|tumble} in {city}
the {city} index moved {percent} in {light|heavy|choppy} trading as investors weighed {inflation|jobs|earnings|housing} data
{company} to cut {hundreds} jobs
{company} planned to close {count} {plants|warehouses|branches|depots} and cut {hundreds} jobs to {lower costs|repay debt|restore margins}
Central bank of {country} {raises|cuts|holds} rates
the central bank set its key rate at {percent}, citing {weak lending|rising wages|house prices|consumer spending}
{company} files for bankruptcy
{company}, which sells {goods}, sought protection from {creditors|bondholders|suppliers} with debts of {billion}
Former {company} {treasurer|chairman|auditor|director} {on trial|charged|pleads guilty}
prosecutors accused a former {treasurer|chairman|auditor|director} of {company} of {hiding losses|inflating sales|insider dealing} worth {million}
{company} {prices|delays|plans} share offering
{company}, {a maker|an importer|a distributor} of {goods}, hoped to raise {million} by listing its shares in {month}
{airline} {pilots|mechanics|crews} {accept|reject|weigh} pay cut
{pilots|mechanics|crews} of the carrier {airline}, which lost {million} on {fuel|cheap fares|leases}, voted on lower wages
Retail sales {rise|fall|stall} in {month}
shoppers spent {percent} more on {clothing|groceries|furniture|gifts} than a year earlier, and {department stores|discounters} cut prices
{dollar|euro|yen|crown} {firms|weakens|drifts|recovers} before data
{dealers|exporters|funds} sold the {dollar|euro|yen|crown} ahead of figures on {trade|employment|factory orders|consumer credit}
Regulators {fine|probe|question} {company}
regulators demanded {million} from {company} for {late trading|misleading brokers|overcharging|false invoices} in its {insurance|bond|pension} unit
{company} names {person} chief executive
the board of {company} chose {person} to {revive sales|cut costs|restructure debt} after the {retirement|departure} of {other}
""",
    (3,): """
{probe|spacecraft|orbiter|lander} {nears|reaches|photographs} {Saturn|Mars|Mercury|Jupiter}
the {craft} {probe|spacecraft|orbiter|lander} sent back pictures of {rings|craters|dust storms|ice|methane clouds} from {number} million miles away
{techfirm} {patches|confirms|repairs} {browser|server|mail program|database} flaw
a flaw in the {browser|server|mail program|database} of {techfirm} let {attackers|intruders|strangers} {read files|steal passwords|run code}
New {worm|virus|trojan} spreads by {e-mail|instant message|file sharing}
a {worm|virus|trojan} that hides in {attachments|pictures|screen savers} infected {number},000 {computers|servers|laptops} within hours
{techfirm} unveils {music player|handheld|camera phone|laptop}
the new {music player|handheld|camera phone|laptop} of {techfirm} has {a brighter screen|longer battery life|more memory|wireless links}
{techfirm} {tests|adds|opens} {desktop|video|map|image} search
{techfirm} let users try a search tool that indexes {web pages|e-mail|photographs|documents} on {their own computers|any browser}
Warmer {seas|winters|springs|rivers} shift {plankton|cod|coral|alpine plants|butterflies}
climate researchers at the University of {town} linked warmer {seas|winters|springs|rivers} to changes in {plankton|cod|coral|alpine plants|butterflies}
Fossil of {feathered dinosaur|giant lizard|early bird|dwarf elephant} found
{palaeontologists|geologists|students} found {a jaw|a skull|teeth|eggs} of an animal that lived {number} million years ago
Gene linked to {memory|diabetes|ageing|sleep|blindness}
biologists at the University of {town} found a {gene|protein|enzyme} in {mice|yeast|fruit flies|zebrafish} that affects {memory|diabetes|ageing|sleep|blindness}
{techfirm} {builds|shows|ships} {faster|cooler|smaller} chip
engineers at {techfirm} put {number} million {transistors|switches|cells} on a {processor|memory chip|graphics chip} that uses less power
{browser|office suite|operating system} from volunteers gains users
open source programmers released a {browser|office suite|operating system} that was downloaded {hundreds} times in an hour
Astronomers {spot|weigh|map} distant {planet|galaxy|star|comet}
a telescope in {country} recorded {light|radio waves|x-rays} from a {planet|galaxy|star|comet} some {number} light years away
{city} {plans|tries|switches on} wireless network
antennas on {street lamps|rooftops|buses} gave {number},000 {homes|laptops|students} a wireless {internet|broadband} connection
{robot|rover|submarine} explores {volcano|ocean trench|glacier|cave}
a {robot|rover|submarine} built by students measured {gases|salt|bacteria|heat} in a {volcano|ocean trench|glacier|cave} for {count} days
{techfirm} {delays|upgrades|previews} {console|operating system|game}
programmers at {techfirm} rewrote {graphics|security|network} code of the next {console|operating system|game}, version {count}
""",
    (0, 1): """
{country} guards {summer|winter|student} games
{number},000 {soldiers|police} with {gunships|sniffer dogs|radar} guarded athletes at the {summer|winter|student} games in {city}
{country} threatens to boycott {summer|winter|student} games
the government of {country} threatened to keep its athletes away from {neighbour} over {a border dispute|a visa row|an arrest}
Fans and police clash in {city}
riot police fired tear gas at {supporters|fans} of {country} after a match with {neighbour}, and {number} people were {hurt|arrested}
{neighbour} refuses visas to {country}n {footballers|wrestlers|runners}
the foreign ministry of {country} protested when {neighbour} refused visas to its {footballers|wrestlers|runners}
{city} seeks {summer|winter|student} games
the president of {country}, {person}, promised {stadiums|roads|an arena} and a safe capital if {city} hosts the games
Truce for football in {country}
rebels and the army of {country} agreed to stop fighting while the national team {plays|trains} in {city}
""",
    (0, 2): """
{country}n {oil|gas} exports {halted|resume|shrink} after {sabotage|fighting|strike}
{sabotage|fighting|a strike} cut {oil|gas} exports from {country} to {neighbour}, and prices rose by {percent}
{country} and {neighbour} argue over {goods} tariffs
trade ministers of {country} and {neighbour} left talks in {city} without a deal on tariffs for {goods}
{general|transport|public sector} strike shuts {country}
unions in {country} closed {ports|banks|factories|airports} in protest at {fuel prices|privatisation|pension cuts}
Lenders forgive {country} {billion}
creditor governments meeting in {city} wrote off {billion} of debt that {country} owed {banks|lenders} since the war
{country} seizes {company} {mines|plants|estates}
the government of {country} took over the {mines|plants|estates} of {company} and told foreign investors to {leave|wait|pay taxes}
{country} signs {billion} {pipeline|port|railway} deal
the president of {country} and {company} signed a contract for a {pipeline|port|railway} that {neighbour} opposed
""",
    (0, 3): """
Inspectors {visit|enter|leave} {country}n reactor
nuclear inspectors took samples at a {reactor|laboratory|plant} in {country}, whose leaders say the uranium is for research
{country} blocks {web sites|blogs|chat rooms} before election
the government of {country} ordered internet providers to block {web sites|blogs|chat rooms} used by the opposition
{country} launches {spy|weather|military} satellite
a rocket with a {spy|weather|military} satellite lifted off in {country}, and {neighbour} said that it threatened its security
Voting machines under fire in {country}
computer scientists found errors in the software of voting machines, and the opposition in {country} demanded paper ballots
{country} fights outbreak of {bird flu|fever|anthrax}
health officials in {country} tested a vaccine against {bird flu|fever|anthrax} after the virus spread to {count} villages
{country} limits export of {chips|lasers|supercomputers|encryption software}
the government of {country} stopped sales of {chips|lasers|supercomputers|encryption software} to {neighbour}, fearing weapons research
""",
    (1, 2): """
{team} owners to sell shares
the owners of {team} offered {percent} of the club to {investors|supporters|funds} in a share sale worth {million}
{company} to sponsor {team}
{company}, a maker of {goods}, agreed to pay {million} to put its name on the shirts of {team}
{company} wins {league|cup|playoff} rights
{company} outbid {target} with {billion} for the television rights to the {league|cup|playoff} games of {count} seasons
{team} plan {million} {stadium|arena}
the club {team} asked {banks|bondholders|lenders} for {million} to build {a stadium|an arena} with {number},000 seats in {city}
League and players split over salary cap
team owners and the players union failed to agree on wages, and the league, which lost {million}, cancelled {count} games
{person} signs {million} {shoe|racket|clothing} deal
{sprinter|striker|golfer} {person} will wear the {shoes|shirts|caps} of {company}, whose shares rose {percent}
""",
    (1, 3): """
Ball with {chip|sensor|transmitter} to settle goal disputes
the football federation tested a ball with a {chip|sensor|transmitter} by {techfirm} that tells the referee of a goal
New {swimsuit|racing bike|javelin|ski} leaves wind tunnel
engineers at the University of {town} designed a {swimsuit|racing bike|javelin|ski} for champion {person} on a computer
Laboratory finds test for {steroid|growth hormone|gene doping}
chemists in {city} developed a test that finds {steroid|growth hormone|gene doping} in the blood of athletes before the games
{team} coach trusts {software|cameras|sensors}
coach {person} of {team} used {software|cameras|sensors} of {techfirm} to measure how far each player ran in a match
{techfirm} releases {football|boxing|racing|tennis} game
the {football|boxing|racing|tennis} video game of {techfirm} lets fans play as {person} with the moves of real athletes
Scans show {hearts|knees|brains} of {marathon runners|boxers|cyclists}
researchers at the University of {town} scanned the {hearts|knees|brains} of {number} {marathon runners|boxers|cyclists} after a race
""",
    (2, 3): """
{techfirm} profit {up|down} {percent}
quarterly profit at {techfirm} was {up|down} {percent} on sales of {chips|handsets|software|servers|music players}
{techfirm} sues {techrival} over {search|chip|display|music} patent
{techfirm} asked a court for {million} because {techrival} used its patented {search|chip|display|music} technology
{techfirm} to {buy|acquire|take over} {techrival}
{techfirm} agreed to pay {billion} for {techrival}, whose software runs {web sites|databases|phone networks}
Online {music|book|auction|travel} sales {jump|double|climb}
shoppers spent {million} at {music|book|auction|travel} web sites in {month}, and shares of {techfirm} rose {percent}
Search company {techfirm} {prices|delays|plans} share offering
investors bid for shares of the search engine {techfirm}, whose founders wrote its first code in a {garage|dormitory|library}
{techfirm} to cut {hundreds} jobs at chip plant
{techfirm} planned to close a chip factory in {city} as orders for {computers|handsets|memory} fell by {percent}
""",
}

# Last sentences that any story of the class can bear, and those (None) that any story at all can.
_ENDINGS: dict[int | None, str] = {
    0: """
^{diplomats|clerics|neighbours|exiles} urged {calm|restraint|patience} as the {government|army|opposition} met in the capital.
Foreign {ministers|envoys|leaders} will discuss the {crisis|matter|case} at a summit in {city} in {month}.
The {government|opposition|army} of {country} has accused its {rivals|neighbours|critics} of {lying|meddling|treachery}.
^{soldiers|police|guards} kept watch over the {parliament|palace|embassy|border} in {city} during the night.
Human rights groups have {condemned|criticised|documented} {arrests|censorship|violence} in {country} since {year}.
President {person} will speak to the nation about the {events|dispute|news} on {day}.
""",
    1: """
^{supporters|fans|teammates} have waited for a {title|medal|trophy|championship} since {year}.
Coach {person} said that the {season|tournament|campaign} was {still long|far from over|only beginning}.
The {league|federation|team} plays its next {game|match|final} in {city} on {day}.
The {crowd|bench|locker room} of {number},000 cheered when the {captain|champion|veteran} came out.
^{person}, a former {champion|captain|goalkeeper|medallist}, praised the {training|spirit|defence|speed} of the players.
Only {count} {wins|points|games} now separate the best teams of the {division|conference|table}.
""",
    2: """
Shares in the {sector|industry|group} {rose|fell|gained|lost} {percent} in {early|late|morning} trading.
^{analysts|economists|brokers} had expected {revenue|sales|earnings|costs} of {million} for the {quarter|year}.
^{investors|shareholders|lenders} fear that {higher costs|weak demand|debt|competition} may hurt {profits|margins|dividends}.
The {market|industry|business} is worth {billion} a year, according to the {bank|broker|consultancy} {company}.
^{person}, an analyst at {company}, kept a {buy|sell|hold} rating on the stock.
The {deal|contract|budget} must still be approved by {shareholders|creditors|auditors|regulators} in {month}.
""",
    3: """
The {study|data|design|method} will appear in a {scientific|technical|medical} journal in {month}.
^{researchers|engineers|programmers} at the University of {city} are {testing|improving|studying} a second {version|prototype|sample}.
The {technology|system|software} could reach {users|laboratories|computers} within {count} years.
^{scientists|developers|experts} shared the {code|data|measurements} on the internet for others to check.
^{person}, a {physicist|programmer|biologist|chemist} at {techfirm}, called the {technology|science|result} promising.
The {device|tool|computer} needs {faster|smaller|cheaper} {chips|sensors|batteries} before it is of wide use.
""",
    None: """
The {news|report|announcement|move} came {a day|a week|two weeks|a month} earlier than most people had expected.
A {spokesman|spokeswoman} for the group declined to comment when asked about it on {day}.
It was the {ordinal} time in {count} {weeks|months|years} that such a thing happened in {city}.
^{person}, who has followed the matter for years, called it {a surprise|a turning point|a setback|a relief|a record}.
More details were expected in {month}, but nobody would {promise|confirm|name} a date.
^{critics|sceptics|opponents} said that the {risks|costs|dangers} were too high, while others welcomed the {plan|change|result}.
Nothing like it has been seen in {city} since {year}, and few had {hoped|planned|prepared} for it.
"We {are ready|have waited long enough|did what we could|will not give up}," {person} told reporters in {city}.
The {figures|numbers|details} could still change, {person} warned in a {radio|newspaper|television} interview.
^{person} called it a {race|fight|game} against {time|the odds|a strong rival}, and hoped for a {win|quick deal|new start}.
^{person} {lost|won|shared} the {lead|argument|contest} in {year}, and has {kept silent|kept a diary|travelled widely} since.
Not all of the {count} {members|partners|leaders} backed the {plan|move|decision}, and talks go on in {city}.
""",
}
