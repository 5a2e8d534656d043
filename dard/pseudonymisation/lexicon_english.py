"""Ordinary English words that case notes begin with a capital, or that lie one letter from a name.

Not a dictionary: inflections are taken off by `lexicon.is_ordinary`, and a word missing here costs no more than a
proposal for a person to settle.
"""

_FUNCTION_WORDS = """
a about above according across after afterwards again against ago ah aka all almost along alongside already also
although always am amid among amongst an and another any anybody anyone anything anyway anywhere apart are aren around
as aside at away back be because been before beforehand behind being below beneath beside besides between beyond both
but by can cannot cc cllr could couldn dci despite did didn do does doesn doing done down dozen dr due during each eg
eight eighty either eleven else elsewhere enough etc even ever every everybody everyone everything everywhere except
few fewer fifty first firstly five following for former forty four from further furthermore had hadn half has hasn
have haven having he hence her here hers herself him himself his how however hundred i ie if in indeed inside insp
instead into is isn it its itself just last lastly later latter least less let like likewise many me meanwhile messrs
might mightn million mine more moreover most mostly mr mrs ms much must mustn mx my myself namely nb near nearby
nearly neither never nevertheless next nine ninety no nobody none nonetheless nor not nothing now nowhere of off often
oh ok okay on once one oneself only onto onward onwards or other others otherwise ought our ours ourselves out outside
over own per perhaps please plus prof quarter quite rather re really ref rev same second secondly seven seventy
several sgt shall she should shouldn since six sixty so some somebody somehow someone something sometimes somewhere
soon still such supt ten than that the their theirs them themselves then there thereafter thereby therefore these they
thing things third thirty this those though thousand three through throughout thus till to today together tomorrow
tonight too toward towards twelve twenty two under underneath unless unlike until up upon us usually versus very via
vs was wasn we well were weren what whatever when whenever where whereas whereby wherever whether which whichever
while who whoever whole whom whose why will with within without won would wouldn yes yesterday yet you your yours
yourself zero
"""
_BASE_VERBS = """
abscond abuse accept access accompany account accuse achieve acknowledge act add address adhere admit adopt advise
advocate affect agree aim alert allege allocate allow alter amend analyse announce answer apologise appeal appear
apply appoint approach approve argue arise arrange arrest arrive ask assault assess assign assist assume assure attach
attempt attend attract authorise avoid await awake aware back bathe bear beat become beg begin behave believe belong
benefit bind bite blame bleed block blow boil book borrow bother breach break breathe bring build bully burn buy
calculate call calm cancel care carry cast catch cause cease challenge change charge chase chat check choose claim
clarify clean clear climb close coach collapse collect combine come comfort commence comment commit communicate
compare compile complain complete comply comprise concern conclude conduct confide confirm confiscate conflict
confront confuse consent consider consist consult consume contact contain continue contract contribute control convert
convey cooperate cope cough count cover craft crash crawl create criticise cross cry cut damage dance deal debate
decide declare decline decrease deem defer define delay delete deliver demand demonstrate deny depend deploy describe
deserve destroy detail detain detect deteriorate determine develop devise diagnose die differ dig diminish direct
disagree disappear discharge disclose disconnect discontinue discover discuss disengage dislike dismiss dispatch
dispense display dispose dispute disrupt distribute disturb divert divide document dominate double doubt drag draw
dread dress drift drink drive drop drown dry earn ease eat edit educate effect elect eliminate embed emerge emphasise
employ empty enable encounter encourage end endorse endure enforce engage enhance enjoy enlist enrol ensure enter
entitle equip escalate escape escort establish estimate evade evaluate evict evidence examine exceed exchange exclude
excuse execute exercise exhibit exist expand expect experience explain exploit explore expose express extend face
facilitate fail faint fall fear feed feel fetch fight fill finalise find fine finish fit fix flag flee float flow
focus follow forbid force forget forgive form formulate forward foster found free freeze fulfil function fund gain
gasp gather gauge generate get give glance go govern grab grieve grip grow guarantee guard guess guide hand handle
hang happen harass harm hate haunt head heal hear heat help hesitate hide highlight hire hit hold host house hug hurry
hurt identify ignore imagine impact implement imply impose impress imprison improve include increase incur indicate
infect influence inform ingest inhale inherit inhibit initiate inject injure insist inspect install instruct insure
intend interact interest interfere interpret interrupt intervene interview intimidate introduce investigate invite
involve isolate issue itch join judge jump justify keep kick kill kiss kneel knock know label lack land laugh launch
lay lead leak lean learn leave lend lessen liaise lie lift light limit link list listen live load locate lock lodge
log look lose love lower maintain make manage mandate march match matter mean measure meet mention merge message mind
minimise mislead misplace miss misuse mix monitor motivate mount move murder name narrow need neglect negotiate nod
note notice notify nurse obey object oblige observe obtain occupy occur offend offer omit open operate oppose opt
order organise overcome overdose overlook oversee owe pack pain panic park participate pass pause pay perceive perform
permit persist persuade phone pick place plan play plead point police possess post postpone pour practise praise pray
predict prefer prepare prescribe present press pretend prevent prioritise probe proceed process produce progress
prohibit promise promote prompt propose prosecute protect protest prove provide provoke publish pull punch purchase
pursue push put qualify quantify query question quit quote race raise rape reach react read realise reassess reassure
rebuild recall receive reclaim recognise recommend reconnect record recover recruit rectify reduce refer reflect
refuse regain regard register regret rehouse reinforce reiterate reject relapse relate relax release relieve rely
remain remand remember remind remove render renew rent reopen repair repeat replace reply report represent request
require rescue reside resign resist resolve respect respond rest restart restore restrict result resume resuscitate
retain retire retrieve return reveal reverse review revisit revive revoke ring rise risk rob roll rub ruin rule run
rush sack safeguard sample satisfy save say scan score scratch scream screen search secure see seek seem seize select
self sell send sense separate serve service set settle shake share shave shelter shift shock shoot shop shout show
shut sign signpost sit sleep slip slow smash smell smile smoke snore snort solve sort sound source speak specify spend
spill spit split spot spread stab stabilise stand start state stay steal step stick stimulate stop store strangle
strengthen stress stretch strike struggle study submit substitute succeed suffer suggest suit supervise supply support
suppose suppress surround survive suspect suspend sustain swab swallow swear sweat swim switch take talk target taste
teach tear tell tend terminate test text thank think threaten throw tick tidy tie titrate touch trace track trade
train transfer transform transport travel treat tremble trigger trip trust try turn type undergo understand undertake
undo unlock update upgrade urge use utilise vacate vary verify view visit voice volunteer vomit vote wait wake walk
wander want warn wash waste watch wear weigh welcome whisper wish withdraw withhold witness wonder work worry worsen
wound wrap write yell yield
"""
_PAST_FORMS = """
ate became become began begun bit bitten bled blew blown bought bound bred broke broken brought built burnt came
caught chose chosen clung crept cut dealt drank drawn drew driven drove drunk dug eaten fallen fed fell felt fled flew
flown foresaw forgave forgot forgotten fought found froze frozen gave given gone got grew grown heard held hid hidden
hit hung hurt kept knelt knew known laid lain led left lent lit lost made meant met misled mistook overcame overheard
overtook paid put quit ran rang read risen rose rung said sang sank sat saw seen sent set shaken shook shot shown shut
slept slid sold sought spent spoke spoken spread stabbed stole stolen stood struck stuck sunk swam swept swore sworn
taken taught threw thrown told took tore torn understood undertaken undertook underwent upset went wept withdrawn
withdrew withheld woke woken won wore worn written wrote
"""
_NOUNS = """
ability absence accent accommodation ache acid action actions activity actor addition adjourn adjourned adjournment
admin adulterant adulterants adulterated advance advanced advert advice adviser advisor affair aftermath afternoon age
agency agenda agent aggravated aggression agitation agreement aid air airport airway alarm alcohol alias alien
allegedly alley allowance ally ambition ambitions ambulance amount ampoule ampoules analysis analyst analytics
anecdotal anger angle animal ankle anniversary anti anxiety apartment apologies apology appendices appendix appetite
appliance applicable application appointment appraisal appraise approachable approval arch area argument ark arm army
arousable arrangement array arrears arrival art article asked aspect aspiration assembly asset assistant associate
asylum attack attended attendees attends attitude attorney attribute audience audit aunt author authority autonomy
average avoidable award awareness baby backdated background backlog backpack bag baggage baggie baggies bail balance
balcony ball ban band banned bar barn barrier barring base baseline basement basin basis basket bath bathing bathroom
bathtub battery battle beach beard beating bed bedding bedroom bedside bedsit beer begging behaviour behavioural
belief bell belly belonging belt bench benchmark benchmarking beneficial bereavement bi bicycle bike bill bin
biography bird birth birthday birthplace blackmail blackout blacksmith blade blanket bleeding blister blood
bloodstream blunted board boat body bomb bone bones bong booking boot border borderline borrowing boss bottle bottom
boundaries boundary bowel bowl box boy boyfriend brace braille brain branch brand bread breakdown breakfast
breakthrough breast breath breathing bridge brief briefing bronze brother bruise bruising brutal bubble bucket bud
buddy budget building bulb bulk bulletin bullying bundle bungalow burden burglary burial bus bush business butter
button cab cabin cabinet cable cafe cage cake calendar called calls calorie camera camp campaign canal cancer
candidate candle candy cap capacity capsule capsules caption car caravan card cardboard career carefully carer
caretaker carpet carriage case caseload casework caseworker caseworkers cash cashpoint cassette castle casualty cat
category causation caution cautious cavity celebrate cell cellar cement census centre century ceremony certificate
certified cessation chain chair chance chaos chaotic chapter character charger charity chart checklist cheek chemical
chemist chemistry chest chicken child childhood children chill chin choice chronologically chronology cigarette cinema
circle circumstance citizen citizenship city civilian clarification clarity class classroom cleaner clerical client
climate clinic clinically clock closed closure cloth clothed clothes clothing cloud club clue cluster clusters coast
coastal coat cocktail code coercion coercive coexisting coffee cohabiting cohesion cohort coin coincide collar
collation colleague collected collecting collection college colloquial colour column columnar combination command
commercial commission commissioner commitment committee commonly community companion company comparison compassion
competence complaint complication component compound compulsion compulsive computer conceal concealed concentrate
concentration concept concert concession conclusion conclusions concurrently condition conference confidence
confidentiality configure confinement confirmed confrontation confused congested connection conscience conscientious
consequence consideration constable constituency constraint consultation consumer consumption container contaminated
contamination contemplate contemporaneous content contents context contingency continuity contrary contrast
contribution contributor contributory conversation conviction convulse cook cooker cooking cooperative coordinate
coordination coping copy core corner coroner correspondence corridor corroborate cost cot cottage couch council
councillor counsel counsellor counter counterfeit counterfeits country couple courage courier course court courtesy
cousin covering crack crackhouse craving cream credible credit cremated cremation crew crime criminal crisis criteria
criterion critic crop crossroads crowd crown crush crying cuckooing cuff culture cup cupboard curfew currency curtain
custody custom customer cutter cutting cyanosis cycle cycling cyclist dad daddy danger dashboard data database date
daughter dawn day deadline dealer dealing death deaths debrief debt decade decay deceased decision deck declaration
declined dedicated deed deemed deescalation default defence defendant defibrillator deficit degree dehydrated
dehydration delivery dementia demographic denied dental dentist dentures department departure dependence dependency
deposit depot depressed depression depth deputy derelict descent described desist desk despair desperation destination
destitute destitution detached detachment detainee detection detective detention deterrent detrimental devastate
deviation device diagnosis dialled diary diazepam diet difference difficulty dignity dilated dilemma diluted dilution
dinner direction director dirt disability disadvantage disappearance disbelief discharged discharging disciplinary
disclosed disclosure discoloured discomfort discontinuation discrepancy discretion discretionary discriminate
discrimination discussion disease disguise dish dishevelled disinhibited disorder disorientated disorientation
disparities disparity dispensary disposable disproportionate disputed disruption disruptive dissatisfied distance
distracted distraction distress district disturbance divergence divorce doctor dog doll domain donor door doorstep
doorway dormant dosage dose dosing dossier downgrade downgraded downstairs draft drain drained drama drastic draught
dream dressing drinker drinking driver driveway drowned drowning drug drum drunken dumping duplicate duration dust
duty dwelling dying earning earth edge editor education effort egg elated elbow election electricity element elephant
eligibility email emails embarrass embassy emergency emergent emotion emotionally empathy emphasis employee employer
employment encrypted endanger endangered energy enforcement engagement engine enquire enquiry enrolment entitlement
entrance entry envelope environment epidemic episode equality equipment equity equivalent era error escalation essence
estate estranged ethical ethics ethnicity eulogy evening event eviction ex exacerbate exacerbation exam example
exception excess exclusion exec executive exempt exhaust exhausted exhaustion exit expectation expenditure expense
experienced expert expertise expire expiry explained exploitation exploratory export exposure expulsion extent
extraction eye eyewitness fabric fabricate facility fact factor faeces failing failure faith fake family fan farm
fashion fat fatalities fatality fate father fatigue fault favour feared feasibility feature federation fee feedback
feeling feels female fence ferry fever fiance fibre fictional fictitious field fig fighting figure file film filming
filter filters finance financially finding findings finger fire fish fishing fist fixture flame flammable flash
flashback flat flatlet flatline flatmate fleet flesh flight floating flood floor flourish flower fluctuate fluid foam
foaming foil fold folder food fool foot footage football footpath footwear forefront foregoing forehead forename
foreseeable forest fork format forthcoming forum fostering foundation fraction fragment frame framework fraud freedom
freephone freezer freezing frequency fridge friend friendship fringe front frontline fruit frustrate frustration fuel
fugitive fundraising funeral furniture future gallery gamble gambling game gang gap garage garden gas gate gathering
gear gender gene generation genetics gentleman geographic geographical geography gesture gift girl girlfriend glass
glossary glove glue goal god gold goods gov governance government governor gown grade gram grams gran grandad
grandchild granddad granddaughter grandfather grandma grandmother grandparent grandson granny grant graph grass grave
grid grief grievance grieving grips grossly ground group growth guarded guardian guest guidance guideline guilt guitar
gun gunshot guy gym habit habitual hair hall hallway hammer handbag handbook handcuff handcuffed handling handover
handwritten hangover harassment harbour hardship harmony hat hazard headache heading headline health hearing heart
heartbeat heating heaven heel height helicopter hell helmet helper helpline herb hereditary heritage hero heroin hill
hinder hint hip historically history hmo hobby hole home homelessness homicide honour hoodie hope hopeless
hopelessness horror horse hospital hostel hostility hotel hotspot hour hours household housemate housing human
humanitarian humiliate humour hunger hunt hurried husband hydrate hygiene hypervigilant hypothesis hysterical iceland
idea ideation identity idle ignition illegible illness image imagery immature immigrant immigration immobile immune
impair impaired impairment impede imperative implicate implication importance impotent impression imprisonment
impromptu impulse impulsivity inability inaccurate inadvertent incapacity incarcerated incarceration incentive inch
incidence incident incision inclination inclusion incoherence income inconclusive incorporate incorrect incumbent
indebted indefinite index indication indicative indicator indifferent individual industry ineffective inequalities
inequality inequity infant infection infer inferior influx information infrastructure ingestion ingredient inherent
inhibition initiative injection injury inmate inn innocent innovation input inquest inquests inquiry inquisitorial
insect insert insertion insight inspection inspector inspiring instability instance instigate instinct institute
institution instruction insufficient insurance intake integral integration intellectual intelligence intensity intent
intention interior intermediate interpreter interruption interval intervention intimate intimidation intolerance
intoxication intricate introduction intuitive invasive inventory investigation investment invitation involvement iron
irrational irritability irritable irritated island isolation item itinerary jacket jail jam jaw jealousy jeans jelly
jeopardy jewel job jointed jointly joke journal journey joy judgement juice juries jury justice keeper kettle
keyworker kid kidnap kidney killer kilogram king kingdom kit kitchen kits knee knife knot knowledge knows lab labile
labour labourer lad ladder lady lake lamp landing landlady landlord landmark lane language lapse laptop laughter
laundry law lawyer layer leader leadership leaflet league leakage learning lease leather lecture leg legacy
legislation legislative leisure length lenient lesson lessons letter letterbox liability liaison library licence lid
life lifelong lifestyle lifetime lighter likelihood linctus line linkage lion lip literacy literature litre litres
lived liver lives lividity living loading loan lobby locality location locker locksmith lodge loitering loneliness
longitudinal longstanding lookalike lookout lorry loss lot lottery lounge lover loyalty ltd lucid luck lunch lung
machine machinery macro magazine magistrate mail maintenance maisonette majority maker maladaptive male malicious
malodorous man manageable management manager manifest manner manor mansion manslaughter manufacture mapping marital
maritime mark marker market marriage mask masked mass mast master mat mate material maternity matrix mattress maximise
meal meaning meantime meat mechanism media mediate mediation medically medication medicine medium meeting member
membership membrane memo memorial memory men mentally mentoring menu mess messaged messenger metal method methodology
metre metres metric metrics metropolitan micro microgram micrograms microwave mid midday middle midnight midwife
migrant migrate mile miles milestone military milk milligram milligrams millilitre millilitres mini minibus
minimisation minister ministerial minority minute minuted minutes mirror misadventure miscarriage miscommunication
misconduct misdiagnosis misery mishap mission mist mistake misuser misusers mitigate mitigating mitigation mixture
mobile mobility mode model modify module moment money monkey month months mood moon morale moratorium morning mortgage
mortuary mother motion motivation motivational motive motor motorbike motorist motorway mould moulded mountain
mourning mouse mouth moved movement mud mug multiagency multidisciplinary mum mumble mummy muscle museum mushroom
music naloxone nan nanny nappy narrative nation nature neck needle needles neglectful negotiation neighbour
neighbourhood nephew nerve nest net network networking neurodivergent neurodiverse neurology newborn news newspaper
niece night nightclub nightmare noise nominate nominated nomination nominee non noncompliance noon norm nose notebook
notes notification notion nuisance number nut nutrition nutritional objection objective obligation oblivious obscure
observation obsession obsessive obstruct obstruction occasion occupancy occupant occupation occupational occupier odds
offence offender offending office officer offline offshore oil ombudsman omission onset opening operating operation
operational operator opinion opportunity opposition optimum option organ organisation orientated oriented origin
outbreak outburst outcome outcry outlet outlier outline outlining outlook output outreach outset oven overarching
overcrowded overdraft overlap overload override oversight overtime overview overweight overwhelm overwhelmed
overwhelming owner owners ownership oxygen pace package packaging packet pad page painkiller painkillers paint pair
palace palm pan panel panelist pants paper paperwork paragraph paramedic paramedics parcel parent parental parenting
parking part participant participation particle partner partnering partnership party passage passenger passport
password patch patches path pathological pathologist pathology pathway patience patient pattern pavement payday
payment peace peaceful peak pedestrian peer peerled peers pen penalty pencil pension people percent percentage
perception performance period permission perpetrator persistence person personalised personality personnel perspective
pertinent pet petrol pfd pharmaceutical pharmacist pharmacy phase phlebotomy phoned photo photograph photographic
phrase physically physician pickup pickups picture piece pill pillow pilot pin pink pinpoint pinpointed pipe pipes
placement placid plane plant plaster plastic plate platform platinum player playground plc pleasure pledge plenty plot
plumber pocket podcast poet poison poisoning poisonous polarised pole policeman policewoman policy politics pollution
pool population porch port portable portal porter portfolio portion position positively possession possibility
postcode postmortem posture potato potency potential pouch pound poverty powder power practicable practice
practitioner pre precaution precipitate precipitating precursor predisposing predominant preference prefilled
pregnancy premises preparation preparatory preparedness prescriber prescribers prescription prescriptions prescriptive
presence presentation pressed pressure prevalence preventable preventative prevention preventive price pride priest
principal principle print priorities priority prison prisoner privacy prize pro probability probation problem
procedure proceeding procure procurement producer product profession professional professor profile profit prognosis
programme project projection prolific prolonged promotion prone proof propane propensity property proportion
proportional proposal prosecution prosecutor prospect prostitution protection protester protocol provider provision
provocation proximity psychiatrist psychologist psychology psychometric pub puberty publication pubs pulled pulse pump
punishment pupil purity purpose purse pursuit puzzle pyjamas qualification qualitative quality quantitative quantity
quarterly queen questionable questionnaire queue quota rack radiator radio rail rain range rank ranking rapport rash
rate rating ratio rational reaction reader readiness reading readmission readmit readmitted reality rearrange reason
reasoning rebate receipt reception receptionist receptive recess recipient reciprocal recommendation recommendations
reconcile reconciliation recovering recovery recreation recruitment recur recurrence recurrent redact redacted
redirect redress reduction redundancy redundant reengage reengagement reference references referral referrer refill
reflection refrain refuge refugee refurbish refusal regime region registered registrar registration regulation
regulatory rehearsal reinstated rejection relating relation relational relationship relay relevance relief religion
reluctance remanded remark remedial remedy reminder remit remorse remuneration repatriate repetitive replacement
replenish replicate reported reporter reporting reports representative reprimand reputable reputation requisite
research resentful resettle resettlement residence residual resilience resistance resolution resort resource
resourceful respiration respite respondent responder responders response responsibility responsive restaurant
restorative restrain restrained restraint restricted resuscitation retaliate retaliation retention retirement
retrospect retrospectively reunion reunite revenue revert revise revision revolving reward rhythm rice rigor ringing
rings riot ritual rival rivalry river road robbery rock role roof room root rope roster rota rotation roughsleeper
round rousable route row rucksack rumour rumoured runner sadness safeguarding safety sail salaried salary sale salt
salvage sanction sand sandwich sanitary satellite satisfaction says scale scar scarcity scenario scene sceptical
schedule scheme scholar school schoolmate science scope scored scrap screening script scrutiny sea seal season
seasonal seat seclusion secretary secretion section sectioned sector security segment segregation seizure selection
selfharm selfneglect semen semi semiconscious seminar senior sensation sensory sentence sequence sergeant serial
series serotonin session setback settee setting settlement setup severely severity sewage sex sexuality sexually shade
shadow shaking shame shape shed sheet shelf shell ship shirt shoe shoplifter shoplifting shore shortage shortlist
shortness shoulder shower shrine sibling siblings side sight signal signatory signature significance signposting
silence silhouette silver simulate simultaneous sink sister site situation size skeletal sketch skill skin sky skype
slang slash sleeper sleeping sleepless slice slot sluggish slur slurred smear smithy smoker smoking smuggle smuggling
snapshot snow soap sobriety socially society sock sofa soil soiled solace soldier solicitor solitary solo solution
solvent son song soothe soul space spare speaker specialist species spectrum speech speed spice spike spinal spiral
spirit spite splinter spokesperson sponsor sponsored spoon spoons sporadic sport spotlight spouse spray squad squalor
square squat squatting stabbing staff staffing stage stagger staggering staircase stairs stairwell stake stakeholder
stakeholders stakes stalking stall stalled stamp stamped stance standardise standardised standby standing star startle
starvation stated statement states station stationary statistics status statute stayed steam steel stem stepbrother
stepdad stepdaughter stepdown stepfather stepmother stepmum stepsister stepson stereo stereotype sterile steward
stigma stigmatise stigmatised stigmatising stimulation stock stomach stone storage storm story storyline stove strain
strand stranded stranger strangulation strategically strategy straw stray stream streamline street strength strenuous
stressor stretcher striking strip stroke stroll structurally structure stubborn student studio stuff stumble stunned
stupor style sub subdued subject submission subscribe subsection subsidy substance substandard substantiate suburb
suburban success succumb sufferer suffering sufficiency suffocate suffocation sugar suicidality suicide suitability
suite sum summarise summary summon summons sunlight superintendent supermarket supervised supervision supervisor
supper supplement supplementary supplier surface surge surgeon surgery surname surprise surrender surrogate
surrounding surroundings surveillance survey surveyor survival survivor susceptible suspicion sustainability
sustainable sustained sutures swan swelling swollen symbol sympathetic sympathy symptom syndicate syringe syringes
system systemic tab table tablet tablets tackling tactic tactical tail tailor tailored takehome tale talent tank tap
tape taper tapered tapering task taxi tea teacher team teammate tearful technique technology teenager teeth tel
telemedicine telephone television temper temperature temple temptation tenacious tenancy tenant tension tent tentative
term termination terrace terrify territorial territory terror testify testimony testing textbook texted thanks theatre
theft thefts thematic theme theory therapeutic therapist therapy thereof thigh thinks thirst thought thoughtful threat
threshold throat throwing thumb ticket tidal tide tier tile timber time timeframe timeline timely timescale timescales
timing tin tip tissue title titrating toast tobacco toddler toilet toiletries tolerance tone tongue tool tooth top
topic torch torso torture tour tourist tourniquet towel tower town toxicity toxicologist toxicology toy traceable
tracker trader tradition traffic trafficking tragedy trail trainer trainers training trajectory tram tranquil
transaction transcript transferred transient transit transition translate translator transmission transmit
transparency transparent trap trash trauma traumatised tray treasure treatment tree trend triage trial tribe tribunal
trick triggers triplicate trouble trousers truancy truck trustee truth tube tuition tumour tunnel turbulence turning
turnover tutor twin twitch typed ulcer umbrella unaccompanied unaware unborn uncertain uncertainty uncle uncommon
uncontrolled undated underestimate underlie undermine understanding undertaker undertaking undiagnosed undisclosed
undressed unemployment uneven unexplained unforeseen unhygienic unidentified unintended unintentional uninvited unit
unity universe university unkempt unmanaged unmet unplanned unpredictable unprescribed unrelated unreliable
unremarkable unrest unrousable unstructured unsupervised untreated unused unwitnessed upbringing upheaval uplift
upright upstairs urgency urine usage user usher utensil utilisation utility vacancy validate validated validation
valley value valve van vandal vandalism vanish vape vaping variance variant variation variety vehicle vein vendor
venue verbally verdict verification verified version vessel vet veteran vial vicar victim video vigil vigilance
vigilant villa village violate violation violence viral virus visibility visibly vision visited visitor vocational
voicemail volume vomiting voucher vulnerability wage waist waiver wall wallet walls wandering wanted wants war ward
warden wardrobe warehouse warfare warning warrant wasteful watchful water waterproof wave way weakness wealth wean
weaning weapon weaponry weather web webinar website wedding week weekday weekend weeks weight welfare whatsapp wheel
wheelchair whereabouts whilst whistle wholesale wholly widespread widow widower wife wildlife willingness wind window
wine wing winner wire withdrawal wizer woman women wood wool word worker workforce workload workplace workplan
worksheet workshop workstream worktop world worth worthless worthwhile wraps wreck wrist writer writing yard years
youngster youth zip zone zoom
"""
_ADJECTIVES_AND_ADVERBS = """
abdominal able abnormal abrupt absent absolute abusive acceptable accidental accordingly accurate active actual acute
additional adequate adjacent adult adverse afraid aggressive agitated alert alike alive alone aloud alternative amber
ambulatory amicable angry annual anonymous anxious apparent apparently appropriate approximate approximately arterial
artificial ashamed asian asleep associated attractive automatic available aware awful awkward bad bare basic beautiful
best better big bilateral bitter black blank bleak bleary blind blue blunt blurred bold brave breathless bright
brilliant british broad brown busy calm capable careful careless caring casual central certain cheap chief chronic
civil clammy classic clean clear clever clinical close coarse cognitive coherent cold collective comatose combined
common competent complete complex compliant comprehensive compulsory concise concurrent confident confidential
conscious consecutive considerable consistent constant contemporary continuous controlled convenient conventional cool
corporate correct corrupt covert crazy creative critical crucial crude cruel cultural curious current cyclic daily
damp dangerous dark dead deaf dear deep defensive definite deliberate delicate dense dependent desperate detailed
determined diagnostic different difficult digital direct dirty disabled disengaged disorganised distant distinct
distressed dizzy domestic dominant downward dreadful drowsy drunk dry dual dull dusty eager early eastern easy eating
economic effective efficient elder elderly eldest elective electric electronic eligible emotional empty encouraging
english enormous entire environmental equal erratic especially essential ethnic european eventually evident exact
exactly excellent excessive exclusive existing expensive experimental explicit express extensive external extra
extreme extremely faint fair false familiar famous far fast fatal favourite feasible federal fellow few fierce final
finally financial fine firm fit fixed flexible foggy foreign formal formerly fortunate forward fragile frail free
frequent frequently fresh friendly frightened full fully fun functional fundamental funny gastric general generally
generic genetic gentle genuine glad global good gradual gradually grand grassy grateful gray great green grey gross
growing guilty hairy handy happy hard harmful harsh hazardous healthy heavy helpful hepatic hidden high hilly historic
historical holistic homeless honest hopefully horrible hostile hot huge humble hungry ideal identical illegal illicit
immediate immediately imminent important impossible impulsive inactive inadequate inappropriate incapable inclusive
incoherent incomplete inconsistent independent indirect inevitable informal initial initially inner inpatient intact
intense intensive intentional interim intermittent internal international intoxicated intravenous invalid irregular
isolated jealous joint junior keen key kind large largely late lawful lazy leafy legal legitimate lethal level liberal
likely limited linear liquid little lively local locum lonely long loose loud lousy low lower loyal lucky mad main
major malnourished mandatory manic manual marginal married massive maternal mature maximum maybe meaningful medical
mental mere merely merry messy mild milky minimal minimum minor missing mixed moderate modern modest monthly moral
muddy multiple murky mutual naked narrow nasal nasty national native natural nearby neat necessarily necessary
negative nervous neutral new newly nice noisy nominal normal northern notable notably noted novel numb numerous obese
obvious occasional occasionally odd offensive official old ongoing online open opposite optimal optional oral orderly
ordinary organic original otherwise outer outgoing outpatient outstanding overall overdue overnight overseas overt
painful pale parallel paranoid partial particular particularly passive past patchy paternal peculiar perfect periodic
peripheral permanent persistent personal physical plain pleasant polite political polydrug poor popular positive
possible possibly postal potent potentially powerful practical precious precise predictable predominantly pregnant
preliminary premature prescribed present presumably previous previously primarily primary prime prior private
proactive probable probably productive profound prominent prompt proper proportionate protective proud provisional
psychiatric psychological psychosocial public pure purple quick quickly quiet radical rainy random rapid rare rarely
raw reactive readily ready real realistic reasonable recent recently reckless recreational red regional regular
regularly relative relatively relevant reliable reluctant remarkable remote renal repeated reportedly resident
residential resilient respiratory responsible restless retrospective rich right rigid risky robust rocky rough routine
royal rude rural rusty sad safe salty same sandy satisfactory scared secondary secret secure sedated seldom sensible
sensitive separate serious severe sexual shaky shallow sharp short shortly shy sick significant significantly silent
silly similar simple simply sincere single skilled sleepy slight slightly slim slow slowly small smart smiling smooth
sober social soft sole solid sore southern special specific specifically spiritual spontaneous stable standard
statutory steady steep stern sticky stiff still stormy straight straightaway strange strategic strict strong
structural stupid subsequent subsequently substantial subtle successful sudden suddenly sufficient suicidal suitable
sunny super superior supportive supposedly sure surgical suspicious sweaty sweet swift symptomatic synthetic
systematic tall technical temporary tender terminal terrible thankfully therefore thick thin thorough tight tiny tired
total tough toxic traditional tragic trendy tricky tropical true typical typically ugly ultimate ultimately unable
unclear unconscious underlying uneasy unemployed unexpected unfit unfortunate unfortunately unhappy uniform unique
united universal unknown unlawful unlikely unnecessary unresponsive unsafe unsettled unstable unsuccessful unsuitable
unusual unwell unwilling upper upset urban urgent useful usual vague valid valuable variable various vast verbal
vertical viable vicious violent virtual visible visual vital vivid vocal voluntary vulnerable warm wary weak wealthy
weary weekly weird western wet wheezy white wide wild willing windy wise wonderful worried worse worst worthy wrong
yearly yellow young younger youngest
"""
_CALENDAR = """
apr april aug august autumn bank bonfire boxing christmas covid dec december diwali easter eid eve feb february fri
friday halloween hanukkah holiday jan january jul july jun june mar march may mon monday new nov november oct october
ramadan sat saturday sep sept september spring summer sun sunday thu thur thurs thursday tue tues tuesday valentine
wed wednesday winter year
"""
_WIDE_WORDS = """
afghan afghanistan africa african albania albanian america american anglia anglican arabic asia asian australia
australian avon bangladeshi bedfordshire bengali berkshire bible brazil brazilian britain british buckinghamshire
buddhist bulgaria bulgarian cambridgeshire caribbean catholic central cheshire china chinese christian christianity
church cornwall county cumbria czech derbyshire devon dorset durham dutch east eastern england english eritrean essex
estonian ethiopian eu europe european france french gb german germany ghana ghanaian gloucestershire greece greek
gypsy hampshire herefordshire hertfordshire hindu humber hungarian hungary india indian iran iranian iraq iraqi
ireland irish islam islamic italian italy jamaica jamaican jewish kent kurdish lancashire latvia latvian
leicestershire lincolnshire lithuania lithuanian london medway merseyside midlands mosque muslim nigeria nigerian
norfolk north northamptonshire northern northumberland nottinghamshire oxfordshire pakistan pakistani poland polish
portugal portuguese protestant punjabi quran roma romania romanian russia russian rutland scotland scots scottish
shropshire sikh slovak somali somalia somerset south southern spain spanish staffordshire suffolk surrey sussex syria
syrian teesside thames traveller turkey turkish tyneside uk ukraine ukrainian urdu vietnam vietnamese wales
warwickshire welsh west western wiltshire worcestershire yorkshire zimbabwe
"""

FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
BASE_VERBS = frozenset(_BASE_VERBS.split())
PAST_FORMS = frozenset(_PAST_FORMS.split())
NOUNS = frozenset(_NOUNS.split())
ADJECTIVES_AND_ADVERBS = frozenset(_ADJECTIVES_AND_ADVERBS.split())
CALENDAR = frozenset(_CALENDAR.split())
# Words for coarse areas, peoples, tongues and faiths: too wide to single anybody out, and much of the learning.
WIDE_WORDS = frozenset(_WIDE_WORDS.split())
