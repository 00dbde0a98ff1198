"""The words the fictional world is made of: values of attributes, parts of names."""

TOWNS = (
    "Velmoor Tarnwick Brindel Caldrun Ashkevra Dunholme Eskaria Fenlow Gravenport Hollisk "
    "Ilvermouth Jorrendale Kestrin Lorvane Mirefield Narrowby Oxmarsh Pellworth Quarrin Rostheim "
    "Saltenby Thornwater Ulvenstad Wexmere Yarrowgate Zillgard Bramblecross Copperhythe Drostan "
    "Emberlea Frostwell Glimmerfen Harrowdeep Inkersley Kolmarra Larkspoint Mossbridge Nettlebay "
    "Orrinshaw Pondersend"
).split()

JOBS = (
    "baker|glassblower|clockmaker|bookbinder|beekeeper|cartographer|locksmith|shepherd|printer|"
    "surveyor|blacksmith|bell ringer|botanist|carpenter|ferry captain|gardener|hatter|innkeeper|"
    "jeweller|librarian|mason|midwife|miller|notary|organist|painter|pharmacist|potter|roofer|"
    "saddler|sailmaker|schoolteacher|shoemaker|stonecutter|tailor|translator|watchman|weaver|"
    "lighthouse keeper|veterinarian"
).split("|")

PETS = (
    "tortoise|parrot|ferret|greyhound|hedgehog|goat|canary|donkey|raven|rabbit|pony|gecko|goose|"
    "otter|peacock|spaniel|tabby cat|terrier|toad|turkey|owl|llama|lizard|hamster|guinea pig|"
    "goldfish|magpie|poodle|squirrel|chameleon"
).split("|")

HOBBIES = (
    "kite flying|stargazing|fencing|chess|juggling|ice skating|embroidery|rowing|archery|origami|"
    "birdwatching|calligraphy|wood carving|mushroom hunting|stamp collecting|puppetry|sailing|"
    "knitting|rock climbing|model trains|folk dancing|candle making|cave exploring|cycling|"
    "playing the harp|playing the trumpet|playing the cello|coin collecting|swimming|cheese making"
).split("|")

PRIZE_MARKS = (
    "Amber|Silver|Golden|Crimson|Ivory|Cobalt|Emerald|Copper|Pearl|Scarlet|Violet|Bronze"
).split("|")
PRIZE_THINGS = "Lantern|Anchor|Quill|Compass|Feather|Acorn|Bell|Harp|Key|Star".split("|")

BOOK_MARKS = (
    "Silent|Broken|Hidden|Burning|Frozen|Crooked|Wandering|Hollow|Distant|Forgotten|Gentle|"
    "Restless|Sunken|Painted|Secret|Velvet|Winter|Marble"
).split("|")
BOOK_THINGS = (
    "Orchard|Harbour|Staircase|Mirror|Garden|River|Clock|Tower|Forest|Letter|Island|Candle|"
    "Bridge|Kingdom|Window|Desert|Violin|Shadow"
).split("|")

STREETS = (
    "Willow Lane|Juniper Street|Chapel Road|Mill Row|Heron Court|Cherry Alley|Market Square|"
    "Linden Avenue|Foxglove Close|Quay Street|Beacon Hill|Sparrow Yard|Rosemary Walk|"
    "Granite Terrace|Plum Gardens|Tanner Street|Wharf Road|Poplar Drive|Castle Steps|Ivy Passage|"
    "Barley Mews|Ferry Road|Thistle Way|Hazel Crescent"
).split("|")

GIVEN_NAMES = (
    "Maris Tovin Elsbet Corvan Idrel Junessa Kaspen Liora Merrik Nadine Osric Petra Quillan "
    "Rosalka Stellan Tamsin Ulric Verity Wendel Xanthe Yorick Zelda Anselm Brisa Cedrin Delphine "
    "Emeric Fiora Gideon Hesper Ingrid Jorah Kestra Lucan Mirela Nestor Odette Piers Rhea Sorrel"
).split()
SURNAME_STARTS = "Vel Orr Thun Quill Mar Dras Hesk Brin Calo Zev Ulm Fen Tor Isk Lun Pent".split()
SURNAME_ENDS = "dane mark wick vane holt strand ridge quist more field gard beck".split()

SYLLABLES = (
    "ba be bi bo bu da de di do du fa fe fi fo ga ge gi go ha he hi ho ja jo ka ke ki ko ku la "
    "le li lo lu ma me mi mo mu na ne ni no nu pa pe pi po ra re ri ro ru sa se si so su ta te "
    "ti to tu va ve vi vo wa we wi ya yo za ze zi zo al an ar as el en er es il in ir is ol on "
    "or os ul un ur bal bel ber bran bren cal car chan chi cla cor dan dar del den der dor dra "
    "el fen fer fin gal gan gar ger gor gra han har hel hen hol jan jen jor kal kar ken kor lan "
    "lar len lin lor mal man mar mel mer min mon mor nal nan nar nel nor pal par pel per pol ran "
    "rel ren ric rin ros sal san sar sel sen ser shi sol sta ster tal tan tar tel ten ter tha "
    "the tho tor tra tri val van var vel ver vin vor wal wen wil win xan yar yel zan zar zel zen "
    "zor qui que pha sky smi bro bri ash"
).split()
NAME_ENDINGS = "a e i o n s r l th ck son ley man ton berg ski sen dt x y ez ova ian us".split()
