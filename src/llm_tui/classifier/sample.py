"""The built-in data: news-like texts in the four classes of AG_NEWS, composed from this file's own words.

The people, places, teams and companies are invented. Most texts are plainly of their class. The others are on a
subject that belongs to two classes (a club sells shares): texts that read alike may bear different labels there, as
in real news, so that no classifier gets all of them right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from random import Random

CLASSES = ("World", "Sports", "Business", "Sci/Tech")

LONGEST = 45
BORDERLINE = 0.4
"""The share of texts on a subject of two classes."""
TELLING = 0.6
"""The share of last sentences that speak of the class, rather than say what any news might."""

Template = tuple[str, list[list[str]]]
"""A text for `str.format`, and the stock of words for each of its slots."""


def compose(count: int, seed: int) -> tuple[list[str], list[int]]:
    """The first `count` of `stories`: their texts and their classes."""
    rows = list(islice(stories(seed), count))
    return [text for text, _ in rows], [label for _, label in rows]


def stories(seed: int) -> Iterator[tuple[str, int]]:
    """Texts without end, each with its class from 0; the same `seed` gives the same on every machine and Python.

    A text is a headline and one or two sentences, 25 to 45 words in all. Classes are drawn evenly.
    """
    random = Random(seed).random
    while True:
        label = int(random() * len(CLASSES))
        subjects = _shared_subjects(label) if random() < BORDERLINE else [(label,)]
        story = _written(_stories(subjects[int(random() * len(subjects))]), random)
        ending = _written(_endings(label if random() < TELLING else None), random)
        fits = story.count(" ") + ending.count(" ") + 2 <= LONGEST
        yield (f"{story} {ending}" if fits else story), label


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
    slots = list(dict.fromkeys(re.findall(r"\{([^{}]+)\}", text)))
    form = re.sub(r"\{([^{}]+)\}", lambda slot: f"{{{slots.index(slot[1])}}}", text)
    return form, [slot.split("|") if "|" in slot else _STOCKS[slot] for slot in slots]


def _lines(block: str) -> list[str]:
    return block.strip().splitlines()


def _words(text: str) -> list[str]:
    return text.split()


def _join(starts: list[str], ends: list[str], between: str = "") -> list[str]:
    """Each start with each end, neighbours differing in both, so that the frequent ones do not look alike."""
    turns = range(len(ends))
    return [start + between + ends[(i + turn) % len(ends)] for turn in turns for i, start in enumerate(starts)]


# Each ends in "a", so that {country}n is its people, and begins with a consonant, so that "a {country}n" reads well.
_COUNTRIES = _words("""
Veldania Kestora Marvonia Sarvia Belmora Drovia Luvania Quellia Talmora Norvania Pelloria Harmora Corvania Zarovia
Brennia Ruvenia Sedonia Vostrana Kirvania Lomaria Galdora Wolmaria Jastria Cimbora Fendria Morlavia Parvenia Tessaria
Vandoria Halvonia Gorvania Nembria Rastovia Selmeria Tirvana Lothravia
""")

_TOWNS = _join(
    _words("Kel Dun Harv Wes Bran Morv Thorn Lind Sel Cald Fenn Garr Jarl Lask Merr Norv Pell Quar Rosk Tarn Varn Yel"),
    _words("burg stead vik holm haven moor mere cross ness garde lund mouth wick dale"),
)
_SURNAMES = _join(
    _words("""
        Alb Ander Bal Bern Brod Cal Cham Dal Dov Dren El Er Fal Fitz Gal Gor Had Hal Hart Iv Jar Kal Ker Kov Lam Lind
        Lor Mal Mar Mer Mor Nar Nev Ol Or Pal Per Pol Quin Ral Ros Sal San Ser Sol Stav Tal Tor Ur Val Var Vel Wal Yar
        Zan
        """),
    _words("""
        adas aker alin ande arov arsky asco ato aux avel edo elin ello emar enko enova eris etti ev ian ick idis igan
        ikos ilova imov ing inho iro isch itz iver oda okov olan olini ombe omir onen orin oshi osta otti oyan ubo uda
        ula umi una uri usk uto uvel
        """),
)
_FIRST_NAMES = _words("""
Marta Dario Ilse Tomas Nadia Oskar Lena Pavel Amara Hugo Sonia Viktor Clara Emil Farah Jonas Greta Rafael Mina Stefan
Paula Anton Rosa Kofi Vera Luca Ines Henrik Alma Bruno Yara Matteo Edith Samir Olga Felix Noor Casper Ada Ivan Thea
Milo Renata Kenji Silvia Arne Zora
""")
_PEOPLE = [f"{_FIRST_NAMES[i % len(_FIRST_NAMES)]} {surname}" for i, surname in enumerate(_SURNAMES)]

_FIRMS = _join(
    _words("Bel Cor Dax Elt Fyn Gral Hux Jor Kry Lum Mav Nev Oro Pax Quel Rov Symm Tal Urb Vex Wyn Zan"),
    _words("andor ecta illo omar uvia axis entra ivon orel unex avia istor"),
)
_COMPANIES = _join(_FIRMS, _words("Group Holdings Industries Brands Partners Trading International Works"), " ")
_TECH_FIRMS = _join(_FIRMS, _words("Systems Software Networks Micro Labs Online Digital Devices Semiconductor"), " ")
_TEAMS = _join(_TOWNS, _words("Rovers United Falcons Harriers Comets Wanderers Mariners Athletic Lynx Pioneers"), " ")

# Names that may meet in one text are from two halves, so that nobody meets himself.
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
    "airline": _join(_FIRMS, ["Airlines", "Airways", "Air"], " "),
    "craft": _FIRMS,
    "team": _TEAMS[::2],
    "rival": _TEAMS[1::2],
    "number": [str(number) for number in range(13, 60)],
    "hundreds": [f"{number:,}" for number in range(250, 9000, 50)],
    "percent": [f"{whole}.{tenth} percent" for whole in range(1, 15) for tenth in range(1, 10)],
    "million": [f"${whole}.{tenth} million" for whole in range(2, 60) for tenth in range(1, 10)],
    "billion": [f"${whole}.{tenth} billion" for whole in range(1, 30) for tenth in range(1, 10)],
    "year": [str(year) for year in range(2002, 1949, -1)],
}

_CHOICES = """
agency: Northwire|Quillpress|Baylight|Skyletter|Harbourline
day: Tuesday|Wednesday|Thursday|Monday|Friday|Saturday|Sunday
month: October|March|June|January|September|April|December|May|November|July|February|August
source: officials|a spokesman|a spokeswoman|local media|organisers|insiders|a statement|two newspapers
count: three|two|four|five|six|eight|seven|nine|ten|twelve|eleven|fifteen
ordinal: second|third|first|fourth|fifth|sixth|seventh|eighth|tenth
score: 2-1|1-0|3-1|2-0|3-2|4-1|3-0|4-2|4-3|5-2|5-0|6-1
sets: 6-3, 6-4|7-5, 6-2|6-4, 7-6|6-1, 6-3|4-6, 6-3, 7-5|6-2, 3-6, 6-4|6-0, 6-2
goods: steel|furniture|cement|shoes|tyres|beer|paper|frozen food|toys|paint|glass|coffee|tractors|carpets|cosmetics
trade: an importer|a distributor|a maker|a seller|an exporter
blast: bomb|car bomb|grenade|mortar shell
negotiators: envoys|mediators|generals|diplomats
disaster: floods|landslides|wildfires|mudslides|avalanches
strongman: general|governor|spy chief|warlord|minister
rebels: rebels|gunmen|militants|kidnappers|guerrillas
marchers: students|farmers|nurses|pensioners|monks|miners
troops: troops|soldiers|marines|paratroopers
vehicle: bus|train|ferry|plane|tram
law: amnesty|press|citizenship|conscription|land
hurt: knee|ankle|shoulder|hamstring|wrist
fielder: goalkeeper|defender|winger|playmaker|striker
cheat: sprinter|rower|weightlifter|wrestler|hurdler
discipline: butterfly|hurdles|relay|backstroke|steeplechase|decathlon
links: Open|Classic|Invitational|Masters
belt: heavyweight|welterweight|flyweight|bantamweight
officer: treasurer|chairman|auditor|director|broker
crew: pilots|mechanics|crews|stewards
currency: dollar|euro|yen|crown
probe: probe|spacecraft|orbiter|lander
program: browser|server|mail program|database|firewall
malware: worm|virus|trojan|spyware program
gadget: music player|handheld|camera phone|laptop|digital camera
warm: seas|winters|springs|rivers|lakes
creatures: plankton|cod|coral|alpine plants|butterflies|penguins
fossil: dinosaur|giant lizard|primitive bird|sea reptile|flying reptile
ill: memory|diabetes|ageing|sleep|blindness|asthma
star: planet|star|nebula|galaxy|pulsar
crawler: robot|rover|submarine|drone
deep: volcano|glacier|cave|lake
platform: game console|operating system|phone system
free: web browser|word processor|media player|photo editor
games: summer|winter|student|continental
fuel: oil|gas
estate: mines|plants|plantations|refineries
project: pipeline|port|railway|power plant
site: web sites|blogs|chat rooms|news pages
orbit: spy|weather|military|communications
plague: bird flu|fever|anthrax|cholera
dualuse: chips|lasers|supercomputers|encryption software
tracker: software|cameras|sensors|transmitters
gear: swimsuit|racing bike|javelin|ski|helmet
drug: a steroid|a growth hormone|gene doping|a stimulant
simulated: football|boxing|racing|tennis|golf
organ: hearts|knees|brains|lungs
wear: shoe|shirt|cap|racket
rights: league|cup|playoff|title
retail: music|book|auction|travel|toy
device: chip|sensor|transmitter
patent: search|chip|display|music|battery
"""
_STOCKS.update((name, words.split("|")) for name, words in (line.split(": ") for line in _lines(_CHOICES)))

# HEADLINE and CLAUSE stand for those of a story; ^ makes the next letter a capital.
_FRAMES = """
^HEADLINE. ^CLAUSE, {source} said on {day}.
^HEADLINE. ^{source} said on {day} that CLAUSE.
^HEADLINE. Late on {day}, CLAUSE.
^HEADLINE ({agency}). {CITY} - ^CLAUSE.
^HEADLINE ({agency}). {agency} - ^CLAUSE, {source} said.
^HEADLINE. {CITY} ({agency}) - ^CLAUSE, {source} said on {day}.
^HEADLINE. ^CLAUSE, the {town} {Courier|Gazette|Chronicle|Observer|Examiner} reported on {day}.
^HEADLINE. ^CLAUSE, according to {a statement|documents|a report|a memo} released on {day}.
"""

# Two lines a story: its headline, and a clause in the past tense that can stand after "said that".
_STORIES: dict[tuple[int, ...], str] = {
    (0,): """
{country} votes {under heavy guard|amid protests|in calm|after years of war}
millions of {country}ns voted in an election that {observers|clerics|exiles} called {fair|tense|flawed|historic}
{blast} kills {count} in {city}
a {blast} went off in a crowded {market|bus station|barracks|hotel} in {city}, killing {count} people
{country} and {neighbour} {near|sign|discuss} {truce|ceasefire|peace pact|prisoner swap}
{negotiators} of {country} and {neighbour} met in {city} to end {a border war|a feud|an armed standoff}
{disaster} leave thousands homeless in {country}
{disaster} struck {villages|towns|farms} in the {highlands|delta|north} of {country}, and {number} people were missing
{country}n cabinet shaken by {bribery|wiretap|passport|land} scandal
the {interior|foreign|defence|justice} minister of {country} resigned after {lawmakers|prosecutors} opened an inquiry
former {country}n {strongman} jailed
a {tribunal|court} in {city} convicted a former {country}n {strongman} of {war crimes|treason|torture|massacres}
{rebels} release {aid workers|hostages|truck drivers|peacekeepers}
{rebels} in the hills of {country} freed {count} foreigners after {secret talks|a ransom was paid|an appeal by clerics}
{marchers} march through {city}
{marchers} demanded {early elections|land reform|an amnesty} from the rulers of {country}, and police used tear gas
{country}n {president|leader|premier} in {neighbour} for talks
{person} of {country} met the leaders of {neighbour} to discuss {migration|extradition|a defence pact|fishing rights}
Aid agencies warn of {hunger|cholera|thirst|measles} in {country}
relief workers asked for {grain|tents|blankets|medicine} for {number},000 refugees who fled {shelling|drought|fighting}
{country}n {troops} storm rebel {camp|base|town}
{country}n {troops} backed by {helicopters|tanks|artillery} attacked insurgents in the hills near {city}
{vehicle} accident kills {number} in {country}
at least {number} people died when a crowded {vehicle} caught fire near the {country}n border town of {city}
{country} buries its {wartime|exiled|beloved|reclusive} {leader|poet|bishop|king}
mourners lined the streets of {city} for {person}, who led {country} through {famine|occupation|civil war}
Parliament of {country} split over {law} law
{opposition|independent|religious} lawmakers in {country} walked out of parliament before the vote on the {law} law
""",
    (1,): """
{team} {beat|edge|stun|outclass|rout} {rival} {score}
{striker|winger|substitute} {person} scored {twice|late|with a header} as {team} won the {derby|cup tie|replay}
{person} scores {number} as {team} {down|top|hold off} {rival}
{guard|centre|forward} {person} had {number} points and {count} {rebounds|assists|steals} against {rival} in overtime
{person} {reaches|storms into|battles into} {city} final
{top seed|qualifier|left-hander} {person} beat {other} {sets} in the semifinals of the {city} tennis {tournament|cup}
{person} wins {mountain|prologue|time trial|rain-soaked} stage
cyclist {person} broke clear on the {last climb|descent|cobbles} and took the {yellow|red|white} jersey from {other}
{team} sign {fielder} {person}
{team} signed the {fielder} {person} from {rival} on {loan until the summer|a three-year contract|a free transfer}
{person} out with {hurt} injury
{captain|quarterback|pitcher} {person} of {team} was treated for {hurt} pain and will miss the next {count} games
{team} {sack|dismiss|part with} coach {person}
{team} dismissed coach {person} after {count} {straight defeats|games without a win} and turned to assistant {other}
{cheat} banned for doping
{cheat} {person} lost a {gold|silver|bronze} medal after traces of a {steroid|stimulant} were found in a sample
{person} {breaks|shatters|lowers} {discipline} record
{person} won the {discipline} in the fastest time of the season, well ahead of {other} and the champion of {country}
{team} {sweep|blank|slug past} {rival}
{pitcher|rookie|reliever} {person} struck out {count} batters and {other} hit a home run in the {ninth|tenth} inning
{person} leads {city} {links}
golfer {person} made {count} birdies in a round of {67|66|68|69|65} to lead {other} at the {city} {links}
{person} keeps {belt} title
boxer {person} {knocked out|outpointed|stopped} {other} in the {ordinal} round to keep the {belt} belt
{person} on pole in {city}
{driver|rookie|veteran} {person} took pole position for the grand prix after {other} {spun off|hit the barrier}
{country} {hold|frustrate|draw with} {neighbour} in qualifier
coach {person} of {country} praised the {defence|goalkeeper|midfield} after a {1-1|2-2|0-0} draw with {neighbour}
""",
    (2,): """
{company} profit {up|down} {percent}
{company}, {trade} of {goods}, earned {million} in the quarter, which was {up|down} {percent} from a year earlier
{company} to {buy|acquire|take over} {target}
{company} agreed to pay {billion} in {cash|shares|cash and debt} for {target}, which sells {goods} in {number} countries
Oil {rises|slips|jumps|steadies} on {refinery fire|supply fears|cold weather|pipeline leak}
crude traded at ${number} a barrel as {hedge funds|refiners|importers} worried about {stocks|supply} before the winter
{stocks|blue chips|bank shares} {rally|slip|end mixed|tumble} in {city}
the {city} index moved {percent} in {light|heavy|choppy} trading as investors weighed {inflation|jobs|housing} data
{company} to cut {hundreds} jobs
{company} decided to close {count} {plants|warehouses|branches} and cut {hundreds} jobs to {lower costs|repay debt}
Central bank of {country} {raises|cuts|holds} rates
the central bank set its key rate at {percent}, citing {weak lending|rising wages|house prices|consumer spending}
{company} files for bankruptcy
{company}, which sells {goods}, sought protection from {creditors|bondholders|suppliers} with debts of {billion}
Former {company} {officer} {on trial|charged|pleads guilty}
prosecutors accused a former {officer} of {company} of {hiding losses|inflating sales|insider dealing} worth {million}
{company} {prices|delays|plans} share offering
{company}, {trade} of {goods}, filed papers to raise {million} by listing its shares on the {city} exchange
{airline} {crew} {accept|reject|weigh} pay cut
{crew} of the carrier {airline}, which lost {million} on {fuel|cheap fares|leases}, voted on a plan for lower wages
Retail sales {rise|fall|stall} in {month}
stores sold {clothing|groceries|gifts} worth {billion} in {month}, which owners put down to {prices|wages|the weather}
{currency} {firms|weakens|drifts|recovers} before data
{dealers|exporters|funds} traded the {currency} in {city} ahead of figures on {trade|employment|factory orders}
Regulators {fine|probe|question} {company}
regulators asked {company} for {million} because of {late trading|false invoices} in its {insurance|bond|pension} unit
{company} names {person} chief executive
the board of {company} chose {person} to {revive sales|cut costs|restructure debt} after {other} left the company
""",
    (3,): """
{probe} {nears|reaches|photographs} {Saturn|Mars|Mercury|Jupiter}
the {craft} {probe} sent pictures of {rings|craters|dust storms|ice|methane clouds} from {number} million miles away
{techfirm} {patches|confirms|repairs} {program} flaw
a flaw in the {program} of {techfirm} let {attackers|intruders|strangers} {read files|steal passwords|run code}
New {malware} spreads by {e-mail|instant message|file sharing}
a {malware} that hides in {attachments|pictures|screen savers} infected {number},000 {computers|laptops} within hours
{techfirm} unveils {gadget}
{techfirm} showed a new {gadget} with {a brighter screen|more memory|wireless links} at a fair in {city}
{techfirm} {tests|adds|opens} {desktop|video|map|image} search
{techfirm} let users try a search tool that finds {web pages|e-mail|photographs|documents} on their own computers
Warmer {warm} bring change for {creatures}
climate researchers at the University of {town} linked warmer {warm} to the {decline|spread|return} of {creatures}
Fossil of {fossil} found
{palaeontologists|geologists|students} dug up {a jaw|a skull|teeth|eggs} of a {fossil} from 1{number} million years ago
Gene linked to {ill}
biologists at the University of {town} found a gene in {mice|yeast|fruit flies|zebrafish} that has to do with {ill}
{techfirm} {builds|shows|ships} {faster|cooler|smaller} chip
engineers at {techfirm} put {number} million {transistors|switches|cells} on a {processor|memory chip} that saves power
Volunteers release {free}
open source programmers released a {free} that was downloaded {hundreds} times in its first hour on the internet
Astronomers {spot|weigh|map} distant {star}
a telescope in {country} recorded {light|radio waves|x-rays} from a {star} that is {number},000 light years away
{city} {plans|tries|switches on} wireless network
antennas on {street lamps|rooftops|buses} gave {number},000 {homes|students} in {city} a wireless internet connection
{crawler} explores {deep}
a {crawler} built by students went down into a {deep} and measured {gases|salt|bacteria|heat} for {count} hours
{techfirm} {delays|upgrades|previews} {platform}
programmers at {techfirm} rewrote the {graphics|security|network} code of the {platform}, which is in version {count}
""",
    (0, 1): """
{country} guards {games} games
{number},000 {soldiers|police} with {gunships|sniffer dogs|radar} guarded athletes at the {games} games in {city}
{country} threatens to boycott {games} games
the government of {country} threatened to keep its athletes away from {neighbour} over {a border dispute|a visa row}
Fans and police clash in {city}
riot police fired tear gas at {supporters|fans} of {country} after a match with {neighbour}, and {number} were hurt
{neighbour} refuses visas to {country}n {footballers|wrestlers|runners}
the foreign ministry of {country} protested when {neighbour} refused visas to its {footballers|wrestlers|runners}
{city} seeks {games} games
the president of {country}, {person}, promised {stadiums|roads|an arena} and a safe capital for the {games} games
Truce for football in {country}
rebels and the army of {country} agreed to stop fighting on the days when the national football team {plays|trains}
""",
    (0, 2): """
{country}n {fuel} exports {halted|resume|shrink} after {sabotage|fighting|strikes}
{sabotage|fighting|strikes} near {city} disrupted {fuel} exports from {country}, and prices rose by {percent}
{country} and {neighbour} argue over {goods} tariffs
trade ministers of {country} and {neighbour} left talks in {city} without a deal on tariffs for {goods}
{general|transport|public sector} strike shuts {country}
unions closed {ports|banks|factories} in {country} for a day in protest at {fuel prices|privatisation|pension cuts}
Lenders forgive {country} {billion}
creditor governments meeting in {city} wrote off {billion} of debt that {country} had owed to {banks|lenders} for years
{country} seizes {company} {estate}
the government of {country} took over the {estate} of {company} and told foreign investors to {leave|wait|pay taxes}
{country} signs {billion} {project} deal
the president of {country} and the head of {company} signed a contract for a {project} that {neighbour} opposed
""",
    (0, 3): """
Inspectors {visit|enter|leave} {country}n reactor
nuclear inspectors took samples at a {reactor|laboratory|plant} in {country}, which says the uranium is for research
{country} blocks {site} before election
the government of {country} told internet providers to block {site} on which the opposition published its views
{country} launches {orbit} satellite
a rocket with a {orbit} satellite lifted off in {country}, and {neighbour} saw in it a threat to its security
Voting machines under fire in {country}
computer scientists found errors in the voting machines of {country}, and the opposition demanded paper ballots
{country} fights outbreak of {plague}
health officials in {country} tested a vaccine against {plague} after the disease spread to {count} villages
{country} limits export of {dualuse}
the government of {country} stopped sales of {dualuse} to {neighbour} because it feared weapons research
""",
    (1, 2): """
{team} owners to sell shares
the owners of {team} offered {percent} of the club to {investors|supporters|funds} in a share sale worth {million}
{company} to sponsor {team}
{company}, {trade} of {goods}, agreed to pay {million} to put its name on the shirts of {team}
{company} wins {rights} rights
{company} outbid {target} with {billion} for the right to show {count} seasons of {rights} games on television
{team} plan {million} {stadium|arena}
the owners of {team} asked {banks|bondholders|lenders} for {million} to build a home with {number},000 seats in {city}
League and players split over salary cap
team owners and the players union did not agree on wages, and the league, which lost {million}, put off {count} games
{person} signs {million} {wear} deal
{sprinter|striker|golfer} {person} put a name to a {wear} sold by {company}, whose shares rose {percent}
""",
    (1, 3): """
Ball with {device} to settle goal disputes
the football federation tested a ball with a {device} by {techfirm} that tells the referee of a goal
New {gear} leaves wind tunnel
engineers at the University of {town} showed a {gear} that they had designed for champion {person} on a computer
Laboratory finds test for {drug}
chemists in {city} presented a test that finds {drug} in the blood of athletes hours before a race
{team} coach trusts {tracker}
coach {person} of {team} used {tracker} by {techfirm} to measure how far each player ran in a match
{techfirm} releases {simulated} game
{techfirm} released a {simulated} video game in which fans play as {person} with the moves of real athletes
Scans show {organ} of {marathon runners|rowers|cyclists}
researchers at the University of {town} scanned the {organ} of {number} {marathon runners|rowers|cyclists} after a race
""",
    (2, 3): """
{techfirm} profit {up|down} {percent}
{techfirm} earned {million} in the quarter, {up|down} {percent}, on sales of {chips|handsets|software|servers}
{techfirm} sues {techrival} over {patent} patent
{techfirm} accused {techrival} of using its {patent} technology and asked a court in {city} for {million}
{techfirm} to {buy|acquire|take over} {techrival}
{techfirm} agreed to pay {billion} for {techrival}, whose software runs {web sites|databases|phone networks}
Online {retail} sales {jump|double|climb}
web sites reported {retail} sales of {million} in {month}, and shares of {techfirm} rose {percent}
Search company {techfirm} {prices|delays|plans} share offering
investors bid for shares of the search engine {techfirm}, whose founders wrote its code in a {garage|dormitory|library}
{techfirm} to cut {hundreds} jobs at chip plant
{techfirm} decided to close a chip factory in {city} as orders for {computers|handsets|memory} fell by {percent}
""",
}

# Last sentences that any story of the class can bear, and those (None) that any story at all can.
_ENDINGS: dict[int | None, str] = {
    0: """
^{diplomats|clerics|exiles} urged {calm|restraint|patience} as the {government|army|opposition} met in the capital.
Foreign {ministers|envoys|leaders} will discuss the {crisis|matter|case} at a summit in {city} in {month}.
The {government|opposition|army} of {country} has accused its {rivals|neighbours|critics} of {lying|meddling|treachery}.
^{soldiers|police|guards} kept watch over the {parliament|palace|embassy|border} in {city} during the night.
Human rights groups have {condemned|criticised|documented} {arrests|censorship|violence} in {country} since {year}.
President {person} will speak to the nation about the {events|dispute|news} on {day}.
""",
    1: """
^{supporters|fans|teammates} have waited for a {title|medal|trophy|championship} since the {season|games} of {year}.
Coach {person} said that the {season|tournament|campaign} was {far from over|only beginning|still wide open}.
The {league|federation|team} plays its next {game|match|final} in {city} on {day}.
The {crowd|stadium|arena} of {number},000 cheered when the {captain|champion|veteran} came out.
^{person}, a former {champion|captain|goalkeeper|medallist}, praised the {training|spirit|defence|speed} of the players.
Only {count} {wins|points|games} now separate the best teams of the {division|conference|group}.
""",
    2: """
Shares in the {sector|industry|group} {rose|fell|gained|lost} {percent} in {early|late|morning} trading.
^{analysts|economists|brokers} had expected {revenue|sales|earnings|costs} of {million} for the {quarter|year}.
^{investors|shareholders|lenders} fear that {higher costs|weak demand|debt} may hurt {profits|margins|dividends}.
The {market|industry|business} is worth {billion} a year, according to the {bank|broker|consultancy} {company}.
^{person}, an analyst at {company}, kept a {buy|sell|hold} rating on the stock.
The {deal|contract|budget} must still be approved by {shareholders|creditors|auditors|regulators} in {month}.
""",
    3: """
The {study|data|design|method} will appear in a {scientific|technical|medical} journal in {month}.
^{researchers|engineers|programmers} in {city} are {testing|improving|studying} a second {version|prototype|sample}.
The {technology|system|software} could reach {users|laboratories|computers} within {count} years.
^{scientists|developers|experts} shared the {code|data|measurements} on the internet for others to check.
^{person}, a {physicist|programmer|biologist|chemist} at {techfirm}, called the {technology|science|result} promising.
The {device|tool|computer} needs {faster|smaller|cheaper} {chips|sensors|batteries} before it is of wide use.
""",
    None: """
The {news|report|announcement} came {a day|a week|two weeks|a month} earlier than most people had expected.
A {spokesman|spokeswoman} for the other side declined to comment when asked about it on {day}.
It was the {ordinal} time in {count} {weeks|months|years} that {city} talked of little else.
^{person}, who has followed the matter for years, called it {a surprise|a turning point|a setback|a record}.
More details were expected in {month}, but nobody would {promise|confirm|name} a date.
^{critics|sceptics|opponents} said that the {risks|costs|dangers} were too high, but others welcomed the {news|change}.
Nothing like it has been seen in {city} since {year}, and few had {hoped|planned|prepared} for it.
"We {are ready|have waited long enough|did what we could|will not give up}," {person} told reporters in {city}.
The {figures|numbers|details} could still change, {person} warned in a {radio|newspaper|television} interview.
^{person} spoke of a {race|fight|game} against {time|the odds|a strong rival} and hoped for a {win|deal|new start}.
Not everybody in {city} is happy, and {person} has already {promised|demanded} {answers|changes|another look}.
""",
}
