"""Names heard in the United Kingdom, of many origins, and places that people give as where they live.

They only widen the net of proposals: a name that is missing here is still proposed wherever its capital is not
explained by the start of a sentence.
"""

_FORENAMES = """
aaliyah aaron abbie abby abdi abdul abdullah abdullahi abigail abu ada adam adele adeline adil adnan adrian adriana
agata agnes agnieszka ahmad ahmed aidan aiden aileen aimee aisha aisling ajay akash akram alan alana alastair albert
alberto ale alec alejandro aleksander aleksandra alessandro alex alexa alexander alexandra alexandru alexei alexis
alfie alfred ali alice alicia alina alisha alison alistair allan allen alma aloysius alun alwyn amanda amara amelia
amina aminata amir amit amjad amy ana anastasia andre andrea andreas andrei andres andrew andrzej andy aneta aneurin
angela angelica angharad angus anil anita anjali ann anna annabel anne annette annie annika anthony antoine anton
antonio antony anwar anya aoife archie ariana arianna arif arjun arlene arnold aroha arron arthur arturas arun asha
ashley ashraf asif asim astrid audrey augustus aurora ava avril aya ayaan ayesha ayo azhar aziz babajide bailey baljit
barbara barney barry bartek bartosz basma beata beatrice beatriz becky belinda ben benedict benjamin benny bernadette
bernard bernice bert bertie beryl bess beth bethan bethany betty beverley beverly bhavesh bianca bilal billie billy
bina blake blanche bob bobby bogdan boris brad bradley brandon brenda brendan brenna brett brian bridget bronagh
bronwen bronwyn bruce bryan bryn bryony caitlin callum calum calvin cameron camilla candice cara carina carl carla
carlos carly carmel carmen carol carole caroline carolyn carrie carys cassandra cassie catalin caterina catherine
cathy catriona cecil cecilia cedric celia celine cerys chantelle charlene charles charley charlie charlotte chelsea
cheryl chiara chidi chinedu chioma chloe chris chrissie christina christine christopher ciara ciaran claire clara
clare clarence clark claude claudia clayton clement clementine clifford clive clodagh cody colette colin colleen
connie connor conor constantin corey corinne cornelius cory courtney craig cristian cristina curtis cynthia cyril
dafydd damian damien damon dan dana daniel daniela danielle danny daphne darcy daren daria dariusz darragh darrell
darren darryl daryl dave david davinder davy dawid dawood dean deanna debbie debora deborah debra declan deepak
deirdre delia delilah delroy demi denis denise dennis denzel derek dermot desiree desmond dexter diana diane dilip
dimitri dinesh dion dipak dmitri dominic dominik dominique donald donna donnie dora doreen doris dorota dorothy doug
dougie douglas duncan dwayne dylan eamon eamonn ed eddie edgar edith edmund edna eduardo edward edwin eileen eilidh
eirian elaine eleanor elena eleri eli elias elijah elin eliot elisa elise elizabeth ella ellen ellie elliot elliott
ellis elsie elspeth elvis emanuel emeka emilia emily emlyn emma emmanuel ena enid eoin eric erica erik erika erin
ernest esme estelle esther ethan ethel euan eugene eunice eva evan evangeline evelyn evie ewa ewan ezekiel fabio
faisal farah farhan farid farida fatima fatoumata felicity felix fergus fernanda fernando finlay finley finn fiona
fleur flora florence florin folake fran frances francesca francis francisco francois frankie fraser fred freda freddie
freddy frederick freya funmi gabriel gabriela gabriella gail gareth garry gary gavin gemma geoff geoffrey george
georgia georgie georgina geraint gerald geraldine gerard germaine gerry gethin ghulam giles gillian gina giorgio
giovanni gladys glenda glenn glenys gloria glyn godfrey gordon gracie graeme graham grazyna greg gregory greta
grzegorz guillermo gulsen gurdeep gurpreet gwen gwendolyn gwyn gwyneth habib hadiza hafsa hakim hamid hamish hamza
hana hanna hannah hans haris harold harpreet harriet harris harrison harry harvey hasan hassan hayden hayley hazel
heather hector heidi helen helena henrietta henry herbert hetty hilary hilda hollie howard hubert hugh hugo humphrey
hussain hussein hywel iain ian ibrahim idris ieuan ifeoma ifor ignacy igor ikram iman imogen imran ina ines inga
ingrid ioan ioana iolo ion ira irena irene irina isaac isabel isabella isabelle isaiah ishaan ishmael isla ismail
isobel iuliana ivan ivana ivor iwan iwona jack jackie jackson jacky jacob jacqueline jacqui jade jaden jagdeep jahid
jaime jake jakub jamal jameela james jamie jamil jana jane janet janice janina janine janis jared jarek jaroslaw
jasmin jasmine jason jasper javed javier jay jayden jayne jazmin jean jeanette jeanne jeannie jed jeff jeffrey jemima
jemma jen jenna jennifer jenny jeremiah jeremy jermaine jerome jerry jerzy jess jesse jessica jessie jethro jill
jillian jim jimmy jin joan joana joanna joanne joao jocelyn jodi jodie joe joel joey johan johann john johnathan
johnnie johnny jolanta jon jonah jonas jonathan jonathon jonny jordan jorge jose josef joseph josephine josh joshua
josiah josie joyce juan juanita judith judy jules julia julian juliana julie juliet julius junaid justin justine
justyna kai kaitlyn kamal kamil kamila kamran karan karen karim karin karina karl karol karolina kasia katarzyna kate
kath katharine katherine kathleen kathryn kathy katie katrina katy kayla kayleigh keira keiran keith kellie kelly
kelvin ken kenneth kenny kenzie kerri kerrie kerry kevin khadija khadijah khalid khalil kian kiera kieran kieron kim
kimberley kimberly kiran kirk kirsten kirstie kirsty kofi konrad kris kristian kristina kristopher krystyna krzysztof
kuba kunle kurt kwabena kwame kyle kylie lachlan laila lana lance lara larisa larissa larry lars laszlo latoya laura
lauren laurence laurie lavinia lawrence layla leah leanne leila leland lena lennie lenny lenora leo leon leona leonard
leonardo leroy lesley leslie leticia letitia levi lewis lewys lexi liam lidia lila lilian lillian lilly lina linda
lindsay lindsey lionel lisa liz liza lizzie lizzy llewellyn lloyd llyr logan lois lola loretta lorna lorraine lottie
lou louis louisa louise lowri luca lucas lucia lucian lucinda lucy luis luiz lukas lukasz luke lydia lyle lyn lynda
lynette lynn lynne lynsey mabel maciej mackenzie maddie madeleine madison mae magdalena maggie mahmood mahmoud maisie
malachy malcolm malgorzata malik mandeep mandy manuel marc marcel marcia marcin marco marcus marek margaret margery
margot maria mariam marian mariana marianne marie mariella marilyn mario marion marisa marius mariusz marjorie marlene
marlon marsha martha martin martina martyn marvin mary maryam mateusz mathew matilda matt matteo matthew maud maura
maureen maurice mavis max maxim maxine maxwell meera megan meghan mehmet mei mel melanie melissa melvin mercedes
meredith mia micah michael michaela michal micheal michele michelle miguel mihai mike mikey mikolaj mila milan mildred
millie milly milo mina minh mira miranda mirela miriam miroslaw mitchell mo mohamed mohammad mohammed mohamud moira
mollie molly mona monica monika morag morgan morris moses muhammad muhammed mumtaz muriel murray mustafa myfanwy myra
nadeem nadia nadine naima naomi nasir nasreen natalia natalie natasha nathan nathaniel naveed neha neil nell nellie
nelson ngozi nia niall niamh nicholas nick nicky nico nicola nicole nigel nikhil nikita nikki nikolas nils nina nita
noah noel nora noreen norma norman norris nuala nuno nusrat olga oliver olivia olu oluwaseun oluwaseyi omar onyeka
oscar osian osman otis owain owen pablo paddy pamela paolo pascal patricia patrick patryk patsy paul paula paulette
pauline pawel pedro peggy penelope percival percy perry pete peter petra phil philip philippa phillip phoebe phyllis
pierre piotr pippa polly prakash priscilla priya przemyslaw quentin rabia rachael rachel radoslaw rafael rafal rahim
rahul raj rajesh rajinder ralph ramon ramona randall rania raphael rashid ravi raymond razia rebecca reece reg reggie
regina reginald reinis renata rene rhian rhiannon rhoda rhodri rhona rhys ricardo richard richie rick ricky rikki
riley rita roan robbie robert roberta roberto robyn rochelle roddy roderick rodney roger rohan roisin roland roman ron
ronald ronan ronnie rory rosa rosalie rosalind rosamund rosanna roseanne rosemarie rosemary rosie ross rowan rowena
roxanne roy rozita rubina rufus rukhsana rupert russell ruth ryan saad sabrina sadie saeed safiya sahra saira sakina
sal salim sally salma salman salvatore sam samantha samina samir sammy samson samuel sana sandeep sandra sandro sanjay
santiago saoirse sara sarah saskia satnam savannah scarlett scott seamus sean sebastian selina selma selwyn serena
serge sergei sergio seth shabana shabnam shaheen shahid shane shania shanice shannon sharmin sharon shaun shauna shawn
shazia sheena sheila shelby sheldon shelley sheree sherri sheryl shirley shona shreya sian sibusiso sid sidney sienna
simon simone sinead siobhan sioned sofia solomon sonia sonya sophia sophie sorcha stacey stacy stan stanislaw stanley
stefan stefania stella stephanie stephen steve steven stewart stuart sue suleiman sunil sunita surinder susan susanna
susannah susie suzanne suzie svetlana sybil sydney sylvester sylvia sylwia szymon tabitha tadeusz tahir tamar tamara
tamika tamsin tania tanisha tanya tara tariq tasha tatiana tayo ted teddy temitope terence teresa terrence terri terry
tess tessa thabo thea thelma theo theodora theodore theresa thomas tiffany tilly tim timothy tina tobias toby todd tom
tomas tomasz tommy toni tony tonya torin tracey traci tracy tremaine trevor tricia trina trisha tristan trudy tudor
tunde tyler tyrone tyson uche ulrich umar una ursula usha usman vaida valentina valeria valerie vanessa vasile vaughan
vera verity verna vernon veronica vicki vickie vicky victoria vijay vikram vince vincent viola violetta virginia
vishal vivian vivien vivienne vlad vladimir waheed waleed wallace walter wanda waqar wasim wayne wendy wesley wiktor
wiktoria wilf wilfred wilhelmina wilma winifred winston wojciech xavier yasin yasmin yasmine yetunde yolanda yousef
yuri yusuf yvette yvonne zac zach zachary zack zahid zahra zainab zak zakir zara zbigniew zdzislaw zeeshan zena zeynep
zoe zofia zsolt zubair zuzanna
"""
_WORD_NAMES = """
amber angel art ash autumn basil bay bill blessing brandy brook buck buddy bunny candy carol chance charity chase chip
christian chuck clay cliff constance coral crystal daisy dale dawn dean destiny diamond dick dolly don dot drew duke
earl ebony eden eve faith fern flick forest frank gale gene ginger glen grace grant guy hank happy harmony hazel heath
heather herb holly honey honor hope hunter iris ivy jack jade jay jean jewel jo joy june justice kay king kit lance
laurel lee liberty lily linden luck lucky marina mark mason may mercy merry mick miles misty myrtle nan nick norm
olive opal pansy pat patience patty pearl peg penny pepper petal pierce pip piper poppy precious prince prudence queen
randy ray red reed reg rich rob robin rock rocky rod rose rosemary ruby rue rusty sage sandy scarlet scout serenity
shay sherry skip sky sonny star sterling stew storm sue summer sunny tad tanner tiger tom trinity tripp vic victor
victory violet wade walker wat west will willow winter woody zen
"""
_SURNAMES = """
abbott abdi abubakar adams adamson addison adebayo adeleke adeyemi afolabi agarwal ahmed akhtar akinola alam alexander
ali allan allen allsop amin anderson andrews anwar appleby appleton archer armstrong arnold arshad ashton aslam atkins
atkinson austin aziz bailey bains bajwa baldwin balogun bannister barber barker barlow barnes barnett barrett barron
barrowman bartlett barton bassett bateman bates baxter begum bennett benson bentley berry bevan bhatt bhatti bibi
birch blackburn blackwell blair blake bloggs bolton bradbury bradley bradshaw brady bramley brennan briggs brooks
browne bryant buckley bullock burgess burke burnett burrows burton byrne caldwell callaghan cameron campbell carr
carroll carson cartwright casey chambers chan chandler chapman chaudhry chen cheung choudhury chowdhury christie
clarke clarkson clayton clements coates cohen coleman coles colley collier collins connolly connor cooke cooper
corbett costello cowan crawford crosby cunningham curran currie curtis dabrowski dalton daly daniels das davenport
davey davidson davies davis davison dawson deakin desai devine dhillon diaz dickinson dickson dixon dobson docherty
doherty donaghy donnelly donovan douglas dowling downes doyle drummond duffy duncan dyer dyson eastwood eaton edmonds
edwards egan eke elliott ellis emery eriksson evans eze fallon farah farrell faulkner fenton ferguson fernandes
fernandez ferreira finch findlay finlay finnegan fitzgerald fitzpatrick fleming fletcher flynn foley foster fowler
fraser freeman frost fuller gallagher galloway garcia gardner garner george ghosh gibbons gibbs gibson gilbert giles
gill gillespie glover goddard godfrey gomes gonzalez goodman goodwin gordon goswami gould graham greaves greenwood
gregory griffin griffiths grzybowski gupta haines haji haley hamilton hammond hancock hanson haque harding hardy
harper harrington harris harrison hart hartley harvey hassan hawkins hayes haynes hayward heath henderson henry
herbert hewitt hickman higgins hilton hobbs hodges hodgson hogan holden holloway holmes holt hooper hopkins hopkinson
horton houghton howard howarth howe howell howells hudson hughes humphreys humphries hussain hussein hutchinson
hutchison ibrahim ingham ionescu iqbal irvine isherwood ismail jablonski jackson jacobs jama jamal jamieson jankowski
jarvis jenkins jennings jensen johal johansson johns johnson johnston johnstone jones jordan joseph joshi joyce
kaczmarek kamara kaminski kapoor karim kaur kavanagh kay kaye keane kearney keating kelleher kelly kemp kendall
kennedy kenny kerr khalid khan khatun kirby kirk knowles kowalczyk kowalska kowalski kozlowski krawczyk kumar
kwiatkowski lal lam lambert lancaster larkin latham lawal lawrence lawson leach lennon leonard leslie levy lewandowski
lewis lim lindsay livingstone lloyd lopez lowe lucas lynch lyons macdonald mackay mackenzie maclean macleod maguire
mahmood malik malone mann marriott marsden marshall martin martinez massey mathews matthews maxwell mazur mbeki
mcallister mcarthur mccabe mccann mccarthy mccormack mccormick mcdonald mcgrath mcgregor mcguire mcintosh mcintyre
mckay mckenna mckenzie mclaughlin mclean mcleod mcmahon mcmillan mcnally mcnamara mehta melnyk mensah merritt metcalfe
mia miah middleton millar mills milne mistry mitchell mohamed mohammed molloy montgomery moore morales moran moreno
morgan morley morris morrison morton moyo mueller mukherjee muller mulligan munro murphy murray musa mustafa naidoo
nair nash nayak ncube ndlovu nelson neville newman newton nguyen nicholls nichols nicholson nixon nkosi nolan norman
norris norton nowak nunes nwosu obi obrien oconnor odonnell odriscoll ogden ogunleye okafor okeefe okeke okonkwo okoye
olaniyan oleary oliver olsen omar oneill osborne osman osullivan otoole owen owens owusu palmer parkes parkin
parkinson parry parsons patel paterson patterson payne pearce pearson pemberton pereira perez perkins perry petrov
pettersson phillips pickering pietrzak pilkington piotrowski pollard popa popescu powell pratt prescott preston
pritchard proctor purcell qureshi radu rafiq rahman raja rana randall rao rashid ratcliffe raza redmond rees reeves
rehman reid reilly reynolds rhodes richards richardson richmond ridley rigby riley ritchie roberts robertson robins
robinson robson rodrigues rodriguez rogers rooney ross rowe rowland rowlands rowley russell rutkowski ryan saleem
samuels sanders sanderson sandhu santos saunders savvides schmidt schofield scott seddon sesay sethi sewell shah
shaikh sharif sharma sharpe shaw shepherd sheppard sheridan sherwood siddiqui sidhu sikorski silva simmons simms
simpson sinclair singh slater smith smyth sokolowski spence spencer stanley stanton steele stephens stephenson stevens
stevenson stewart stokes strickland stuart sullivan summers sutherland sutton sweeney syed sykes szymanski tait talbot
tan tanaka tate taylor templeton thapa thomas thompson thomson thorne thornton thorpe tiernan todd tomlinson townsend
tran travis tucker turnbull turner tyler uddin usman vaughan verma vickers vincent wainwright walker wallace wallis
walsh walter walters walton warburton warner warren waterhouse waters watkins watson watt watts weaver webb webster
weir welch weston wheatley wheeler whelan whitaker whitehead whitehouse whittaker wilcox wilde wiley wilkins wilkinson
williams williamson willis wilson winters wisniewski wojcik wong woodward wozniak wright wu wyatt xu yates yeo yilmaz
yusuf zaman zawadzki zhang zhao zhou zielinski
"""
_PLACES = """
aberdeen abergavenny aberystwyth accrington acle aldershot altrincham andover ashford attleborough aylesbury aylsham
banbury bangor barnsley barnstaple basildon basingstoke bedford belfast berwick bexhill birkenhead birmingham
blackpool blyth bodmin bootle bournemouth bowthorpe bracknell bradford braintree brentwood bridgend bridgnorth
bridgwater bridlington brighton bristol brixton bromley bromsgrove burnley caister cambridge camden cannock canterbury
cardiff carlisle carmarthen castleford chatham chelmsford cheltenham chester chesterfield chichester chippenham
chorley clacton cleethorpes colchester congleton corby costessey coventry cramlington crawley crewe cromer croydon
cumbernauld darlington dartford darwen derby dereham derry dewsbury doncaster dorchester dorking dover downham dudley
dumfries dundee dunfermline dunstable ealing earlham eastbourne eastleigh edinburgh ellesmere enfield epsom exeter
exmouth fakenham falkirk falmouth fareham farnborough farnham felixstowe folkestone gainsborough gateshead gillingham
glasgow gloucester gorleston gosport grantham gravesend grimsby guildford hackney halesowen halifax haringey harleston
harlow harrogate harrow hartlepool harwich hastings hatfield havant haverhill heacham hellesdon hemel hereford
hertford hethersett hexham heysham hinckley hingham hitchin horsham hounslow hove huddersfield hunstanton huntingdon
immingham inverness ipswich islington jarrow keighley kendal kettering kidderminster kilmarnock kirkby kirkcaldy
knutsford lambeth leamington leeds leicester leighton lewisham leyton lichfield liverpool llandudno llanelli loddon
londonderry loughborough lowestoft ludlow luton macclesfield maidenhead maidstone manchester mansfield margate merthyr
middlesbrough minehead morecambe morpeth motherwell mundesley newark newcastle newham newmarket newport newquay newry
northallerton northampton northwich norwich nottingham nuneaton oldham oswestry oxford paignton paisley penrith
penzance peterborough plaistow plymouth pontefract poole portadown portsmouth pwllheli ramsgate redcar redditch
redhill reigate rhondda rhyl rochdale rochester romford rotherham runcorn rushden ryde salford salisbury scarborough
scunthorpe sevenoaks sheerness sheffield sheringham shrewsbury sittingbourne skegness skelmersdale slough solihull
southampton southend southport southwark spalding sprowston stalham stevenage stirling stockport stockton stourbridge
stowmarket stratford stretford stroud sudbury sunderland swaffham swansea swindon swinton tamworth taunton taverham
telford tewkesbury thanet thetford tilbury tiverton tonbridge torquay tottenham trowbridge truro tunbridge twickenham
uttoxeter wakefield wallasey wallsend walsall walsham waltham walthamstow warrington watford watton wednesbury
wellingborough welwyn wembley westminster weymouth whitby whitehaven whitstable widnes wigan willenhall wimbledon
winchester windsor wisbech wishaw witham withernsea witney woking wokingham wolverhampton woolwich worcester
workington worksop worthing wrexham wroxham wycombe wymondham yarmouth yeovil york
"""
_WORD_PLACES = """
ash barking barrow bath battle beverley bexley bishop blackburn bolton brent bury deal diss ely eye hayle holt hope
hull lincoln livingston lynn melton nelson preston reading rugby rye sandwich settle stafford stamford stoke stone
sutton wantage ware warwick wellington wells wick
"""

FORENAMES = frozenset(_FORENAMES.split())
# Given names that are also English words: a capital alone proves nothing about them.
WORD_NAMES = frozenset(_WORD_NAMES.split())
SURNAMES = frozenset(_SURNAMES.split())
PLACES = frozenset(_PLACES.split())
# Places that are also words or personal names: taken for a place only after “in”, “near” and the like.
WORD_PLACES = frozenset(_WORD_PLACES.split())
