"""Short and pet forms of given names in the United Kingdom, and other spellings of one name."""

from collections import defaultdict
from collections.abc import Mapping

# Forms on one line may stand for each other.
_GROUPS = """
abdul abdi abdullah abdullahi
abigail abby abbie abi gail
adam ad
adrian ade
agnes aggie nessie
agnieszka aga agnes
aidan aiden aid
alan allan allen al
alastair alistair alasdair ali al alec
albert bert bertie al albie
aleksandra alexandra alex ola sandra sandy sasha lexi lexie alexa alix
alexander alex alec al alexei sandy xander sasha zander aleks aleksander sandro lex
alfred alf alfie fred freddie
alice ali alys alicia allie
alison ali ally allison
amanda mandy manda
amelia amy millie milly mia
andrew andy drew andi andrzej andrei andre ands
angela angie ange
ann anne anna annie nan nancy hannah ania anya anita annette
anthony antony tony ant antonio anton
archibald archie
arthur art artie
ashley ash ashleigh
barbara babs barb barbie
bartholomew bart
bartosz bartek bartlomiej
barry baz bazza
beatrice bea trixie beatrix bee
benjamin ben benny benji benjie
bernard bernie
bernadette bernie
beverley bev beverly
bradley brad
brian bryan bri
bridget bridie biddy bridie
callum calum cal
cameron cam cammy
caroline carol carrie caz carolyn carolina
catherine katherine kathryn katharine cathryn kate katie kathy cathy cath kath kat kitty kit katy kay katarzyna
catherine kasia katya katrina catrina catriona trina ekaterina
cecilia cissy celia
charles charlie chuck chas chaz charley chad karol
charlotte charlie lottie lotte char lotty tottie
cheryl chez sheryl cher
christine christina chris chrissie chrissy tina christy kirsty kristina christie krystyna kristine kirsten
christine kirstie crissy
christopher chris kris christy topher kit kristopher christoph krzysztof
claire clare clara
clifford cliff
colin col
craig craigy
cynthia cindy
daniel dan danny danni daniil
danielle dani danni danny ellie
darren daz dazza darran darrin
david dave davy davey dai dafydd dawid davie
deborah debbie deb debra debs debi
denise dee neecy
dennis denis den denny
derek del dez derrick
desmond des dez desi
dominic dom nic dominik dominick
donald don donnie donny
donna don
dorothy dot dottie dolly dora thea
douglas doug dougie duggie
duncan dunc
edward ed eddie ted teddy ned neddy eddy ward
eileen aileen ellie
elaine lainey ellie
eleanor ellie nell nellie nora elinor elena lena ella norah ellen eleanora
elizabeth liz beth lizzie lizzy betty bess bessie eliza lisa libby elsie betsy lilibet elisabeth elsa lisbeth
elizabeth lise liza elspeth elzbieta ela babette
ellen ellie nell nellie helen
emily em emmie milly emma emilia
emma em emmie ems
ernest ernie
ethel eth
eugene gene
evelyn eve evie
fatima fatma fatimah fati
fiona fi fee
florence flo florrie flossie
frances fran frankie fanny francesca franny fannie cesca
francis frank fran frankie francesco franciszek
franklin frank frankie
frederick fred freddie freddy frederic fredrick rick
gabriel gabe gabby
gabrielle gabby gabi gabriella gabriela gaby ella
gareth gaz gary garth gazza
gary gaz gazza garry
gavin gav
gemma gem jemma
geoffrey geoff jeff jeffrey jeffery geof
george georgie geordie jorge giorgio
georgina georgie gina georgia georgiana
gerald gerry jerry ged
geraldine gerry geri
gerard gerry ged ger
gillian gill jill gilly jillian
glenn glen
gordon gordy gord
grace gracie
graham graeme grahame gray
gregory greg gregor grzegorz
gwendolyn gwen wendy gwenda
gwenllian gwen gwennie
rhiannon rhi rhian
angharad haf
myfanwy myf fanw
llewellyn llew lew llewelyn
zbigniew zbyszek zbych
zdzislaw zdzisiek
stanislaw staszek stan stasiek
andrzej jedrek andy
tomasz tomek tom
piotr piotrek peter pete
krzysztof krzysiek krzys
marcin marcinek martin
pawel pawelek paul
michal misiek michael
joanna asia joasia
jan janek
jerzy jurek george
agnieszka agusia aga
barbara basia
ewa ewka eva
lukasz luki lukas
mateusz mati
grzegorz grzesiek greg
hannah han hana anna
harold harry hal
harriet hattie harry harriett hettie
hassan hasan
heather heath
helen nell nellie ellen helena helene lena
henrietta hettie etta henri
henry harry hal hank hen
herbert herb bert herbie
hilary hil hilly
howard howie
hugh huw hughie hugo shug
hussain hussein husain
ian iain
ibrahim abraham abe ibby
imogen immy
irene rene renee irena
isaac ike zac
isabel isabella isabelle izzy bella belle issy izzie isobel isla ishbel
jacob jake jakub kuba jacoub jay
jacqueline jackie jacqui jacky jaq jacquelyn
james jim jimmy jamie jem jimbo jimi jimmie jay jaimie seamus hamish
jane janey jayne jan janie
janet jan jannie
janice jan janis
jason jase jay
jean jeannie jeanne
jennifer jen jenny jenni jenn jennie
jeremy jem jerry jez jezza
jessica jess jessie jessy
joan joanie jo
joanne jo joanna joann jojo joasia
john jack johnny jon jonny johnnie jock jono jonno jan johan ian sean
jonathan jon jonny johnny jonathon johnathan jono jonno nathan jonty johnathon
jordan jord jordy
joseph joe joey jos jose josef jozef jo yusuf yousef
josephine jo josie fifi joey
joshua josh
joyce joy
judith judy jude judi
julia julie jules juliet
julian jules jools julien
julie jules julia
justin jus juz
karen kaz karin caz
karl carl
kathleen kath kathy kate katie kay cathleen cath kat
keith keef
kelly kel kellie kelli
kenneth ken kenny
kerry kez kerri kerrie
kevin kev kevan
kimberley kim kimberly kimmy kimmie
kirsty kirst kirsten kirstie
kieran kier ciaran keiran kieron keiron
laura laurie lo lora
lauren loz laurie lozza
laurence lawrence larry laurie loz lol lozza
leanne lee leigh leeanne anne
lee leigh
leo leon leonardo lee
leonard len lenny leo lennie
leslie les lesley
lesley les leslie
lewis lew louis lou louie
lillian lily lil lilian lilly
lillian lilla
linda lin lindy lynda lyn
lindsay linz lindsey lins lyndsey linsey
louise lou lulu louisa
lucy lu luce lucia lucie
luke lukas lucas luca lukasz
lynn lyn lynne linda
madeleine maddie maddy madeline mads madelyn
magdalena magda maggie
malcolm malc mal
malgorzata gosia margaret
marcus marc mark markus
margaret maggie meg peggy madge marge margie mags megan greta rita daisy peg margarita margery
maria mary marie mia mariah marysia maryam mariam
marion marian mazza
marilyn maz mari
mark marc markus marek
martin marty mart martyn marcin
martha marty mattie
mary molly polly maria moll may mollie maire marie mair
matthew matt matty mat mathew mateusz mateo
maureen mo maur mau
maurice mo morris moz
maxwell max maxim maximilian maximus
maxine max
megan meg meghan
melanie mel mell
melissa mel mellie lissa
michael mike mick mickey micky mikey mikael michal mitch miguel micheal mihai mykola mitchell mischa
michelle shell chelle shelly michele mich shelley
miranda mandy randa
miriam mim mimi mariam
mohammed muhammad mohamed mohammad muhammed mohamad mo mohamud mahomed moh muhamed
molly mol mollie
morgan mo morg
nadine nad
natalie nat tally natalia
natasha tash tasha nat natalia natalya
nathan nate nat nath
nathaniel nat nate nathan
neil neal niall neill
nicholas nick nicky nic nico nicolas nik klaus nikolas mikolaj
nicola nicky nic nikki nicole nicki niki
nigel nige
norman norm
oliver ollie olly oli
olivia liv livvy olive libby livia
oscar oz
owen owain ewan euan
pamela pam pammy
patricia pat patsy trish tricia patti patty trisha paddy
patrick pat paddy padraig patryk pad rick
paul pauly paulie pawel pablo paolo
pauline paula paulie
penelope penny pen
peter pete petey piotr pedro pierre
philip phil phillip pip philippe
philippa pip pippa phil
phoebe phebs
priscilla cilla pris
prudence pru prue
rachel rach rachael rachie
raymond ray raymondo
rebecca becky bec becca becks bex beki beckie rebekah
reginald reg reggie
richard rick dick rich ricky richie dickie ric rik ritchie ricardo dickon
robert rob bob bobby robbie bert robin bobbie roberto robby bobs
roberta bobbie robbie bobby
roderick rod roddy rory
rodney rod
roger rog rodge
ronald ron ronnie ronny
rosemary rose rosie romy rosemarie
rose rosie rosa roz rosalie
rosalind roz ros rosie
russell russ rusty russel
ruth ruthie
ryan ry
salvatore sal
samantha sam sammy sammie
samuel sam sammy samir
sandra sandy alexandra sand sandie
sarah sally sadie sal sara saz
scott scotty scottie
sean shaun shawn shane
sebastian seb sebby bas
sharon shaz shazza shaza
sheila shee
shirley shirl
sidney sid sydney syd
simon si simone szymon sy
siobhan shiv shivvy
sophia sophie soph sofia zofia zosia
stacey stace stacy
stanley stan stanislaw
stefan steffan steve stephen
stephanie steph stevie steff stef steffi
stephen steven steve stevie ste stephan esteban stefan steffan
stewart stuart stu stew stewie stuey
susan sue susie suzie suzy susanna susannah suzanne suze
suleiman sulaiman sol solomon
tamara tammy tam
tanya tania tan
terence terry tel terrence tez terrance
theresa teresa terry tess tessa tracy tree reese teri
theodore theo ted teddy
thomas tom tommy tomas tomasz thom
tiffany tiff
timothy tim timmy
tobias toby tobe
tracey tracy trace traci
trevor trev
valerie val
vanessa nessa ness van
veronica ronnie vera roni
victor vic viktor
victoria vicky vicki tori vic vickie vikki toria vix
vincent vince vin vinny vinnie
violet vi
virginia ginny gin ginnie
vivian viv vivien vivienne
walter wally walt wat
wayne waz wazza
wendy wend
wilfred wilf fred wilfrid
william will bill billy liam willy wills willie bill wil gwilym
wojciech wojtek
yusuf yousef yousuf joseph
yvonne von vonnie
zachary zac zach zack zak zachariah
zoe zo zoey
"""


def _table() -> Mapping[str, frozenset[str]]:
    forms: defaultdict[str, set[str]] = defaultdict(set)
    for line in _GROUPS.split("\n"):
        group = line.split()
        for name in group:
            forms[name].update(group)
    return {name: frozenset(others - {name}) for name, others in forms.items()}


_FORMS = _table()


def nicknames_of(name: str) -> frozenset[str]:
    """The other forms of a given name, all in lower case without accents; empty when none is known."""
    return _FORMS.get(name, frozenset())
