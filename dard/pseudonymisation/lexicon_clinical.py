"""Words of health, treatment, police and council work, and of substances: what a reviewer must still be able to read.

Sources of the substance names: ONS deaths related to drug poisoning (substances mentioned), British National Formulary,
ACMD reports on nitazenes.
"""

_CLINICAL = """
abscess addiction addisons adenosine adolescent adrenaline aetiology airway alcoholic alzheimer alzheimers amputation
anaemia anaesthetic anaphylaxis aneurysm angina antenatal antibiotic anticoagulant antidepressant antipsychotic
anxiolytic aorta apnoea arrest arrhythmia artery arthritis ascites asperger aspiration asthma asystole ataxia atrial
autopsy barretts benzo benzodiazepine benzos biopsy bipolar bladder bloods bolus borderline bowel bradycardia
bradypnoea brainstem breathalyser bronchitis bronchopneumonia bystander cachexia cannula carcinoma cardiac cardiology
cardiomegaly cardiomyopathy cardiorespiratory cardiovascular casualty catheter cellulitis cerebellar cerebral
cerebrovascular chemotherapy cholesterol cirrhosis cirrhotic clavicle clinician clonus coeliac cognition colitis coma
comorbid comorbidity compressions concussion constipation contusion convulsion coronary coronial counselling cpr crohn
crohns cushing cyst decomposed decomposition deliberate delirium delusion delusional depot dermatitis detox
detoxification diabetes diabetic dialysis diarrhoea diastolic diazepam dyskinesia dyslexia dysphoria dyspnoea eczema
electrocardiogram electrolyte embolism emphysema encephalopathy endocarditis endoscopy epilepsy epileptic euphoria
expiratory fentanyl fibrillation fibrosis forensic fracture gangrene gastritis gastrointestinal gillick glaucoma
glucose guardianship gynaecology haematemesis haematology haematoma haemorrhage hallucination hallucinations
hemiplegia hepatitis hepatology hernia hodgkin hodgkins hormone hospice huntingtons hydration hyperkalaemia
hypertension hypertensive hyperthermia hypoglycaemia hypotension hypothermia hypoxia hypoxic imaging immunisation
incontinence infarction inflammatory inhaler injecting injector insomnia insulin intensive intervertebral intracranial
intramuscular intranasal intraosseous intubated intubation ischaemia ischaemic jaundice ketoacidosis keywork korsakoff
korsakoffs laceration laryngeal lesion lethargy leukaemia ligature lividity lookback lumbar lymph malnutrition melaena
menieres meningitis menopause metabolic metastatic microbiology microsleep midwifery migraine mindfulness morphology
mortem mortis mottled myocardial narcotic nausea neonatal nephrology neuropathy neurosis nursing nystagmus obesity
obstetrics occlusion oedema oesophageal oncology opiate opiates opioid opioids orthopaedic osteoporosis outpatients
overdose overdosed oximetry pacemaker palpitations palsy pancreas pancreatitis paraesthesia paranoia paranoid
parkinsons pathological pelvic peritonitis pharmacological phlebitis physiotherapy pleural pneumonia pneumothorax
polypharmacy polysubstance polytrauma postmortem postnatal postvention prehospital prognosis prophylaxis psychiatry
psychoeducation psychoeducational psychosis psychotherapy psychotic pulmonary pulseless pupils pyrexia radiology
raynauds rectal rehab rehabilitation relapse resus rhabdomyolysis rheumatology rigor rockwood sats saturations
schizoaffective schizophrenia sciatica sedation sedative sedatives sepsis septic septicaemia serology serotonin sickle
smear spleen sputum stimulant stimulants stroke subarachnoid subcutaneous subdural sublingual substance suture syncope
syndrome syphilis systolic tachycardia tachypnoea thrombosis thyroid tinnitus tissue titration tolerance tourette
tourettes toxicological tracheostomy transdermal transfusion traumatic tremor tuberculosis ulceration ultrasound
unascertained unconsciousness unresponsive uraemia urinalysis urinary urology vaccination valvular varices vascular
vasculitis ventilation ventilator ventricular verapamil vertigo viral vitals waterlow weiss wellbeing wernicke
wernickes withdrawal
"""
_SUBSTANCES = """
acamprosate alcohol alfentanil alprazolam amantadine amfetamine amisulpride amitriptyline amlodipine amoxicillin
amphetamine amphetamines amyl antabuse apixaban aripiprazole aspirin atenolol ativan atorvastatin baclofen barbiturate
barbiturates beer benzocaine betadine bisoprolol brandy bromazepam bromazolam brotizolam bupivacaine buprenorphine
bupropion buscopan buspirone butane butyrylfentanyl buvidal caffeine camcolit campral candesartan cannabidiol
cannabinoid cannabinoids cannabis captagon carbamazepine carbimazole carfentanil carvedilol cathinone chlordiazepoxide
chloroform chlorphenamine chlorpromazine cider citalopram clonazepam clonazolam clonidine clopidogrel clopixol
clozapine clozaril cocaethylene cocaine cocodamol codeine concerta contin cyclizine cymbalta depakote desipramine
desmethyldiazepam dexamfetamine diamorphine diazepam diclazepam dihydrocodeine diphenhydramine disulfiram domperidone
dosulepin doxepin doxycycline duloxetine durogesic ecstasy edoxaban effexor elvanse enoxaparin ephedrine epilim
equasym erythromycin escitalopram espranor estazolam ethanol ethylphenidate etizolam etonitazene etonitazepyne
fentanyl fentanyls flualprazolam flubromazepam flubromazolam flucloxacillin flumazenil flunitrazepam fluorofentanyl
fluoxetine flupentixol fluphenazine flurazepam folic fortisip furosemide gabapentin gabapentinoid gabapentinoids
gammahydroxybutyrate gaviscon gbl ghb gin haldol hallucinogen haloperidol hash hashish heparin heroin hydrocodone
hydromorphone hydroxyzine ibuprofen imipramine inhalant insulin isotonitazene jellies ketamine khat kratom lactulose
lager lamictal lamotrigine lansoprazole largactil laxido levetiracetam levomepromazine levothyroxine librium lidocaine
lighter lignocaine lisdexamfetamine lithium lofexidine loperamide loprazolam lorazepam lormetazepam losartan lsd
lucemyra lurasidone lustral lyrica mandrax marijuana mcat mdma medikinet melatonin meow mephedrone meprobamate
mescaline metamfetamine metformin meth methadone methamphetamine methaqualone methylone methylphenidate metoclopramide
metonitazene metronidazole midazolam mirtazapine mkat moclobemide modafinil mogadon monoacetylmorphine morphine
movicol mst mushrooms nalmefene naloxone naltrexone narcan nefopam neurontin nicotine nifedipine nitazene nitazenes
nitrazepam nitrofurantoin nitrous norbuprenorphine nordazepam norfentanyl norketamine nortriptyline nozinan nyxoid
olanzapine omeprazole ondansetron opium oramorph oxazepam oxide oxycodone oxycontin oxynorm pabrinex palfium
paliperidone pantoprazole paracetamol paroxetine pethidine petrol phenazepam phenergan phenobarbital phenobarbitone
phenytoin physeptone pills piperazine poppers prazosin prednisolone pregabalin prenoxad priadel prochlorperazine
procyclidine promethazine propofol propranolol propylnitrazene protonitazene protonitazepyne prozac psilocybin
pyrazolam quetiapine ramelteon ramipril ranitidine remifentanil risperdal risperidone ritalin rivaroxaban rivotril
rohypnol rum salbutamol senna seroquel seroxat sertindole sertraline sherry sildenafil simvastatin skunk smack solian
solvent spironolactone steroid steroids stilnoct sublocade suboxone subutex sufentanil sulpiride tamazepam tapentadol
tegretol temazepam temazolam temgesic theophylline thiamine thioridazine tilidine tinzaparin tizanidine topiramate
tramadol tranquilliser trazodone triazolam tricyclic trifluoperazine trihexyphenidyl trimethoprim trimipramine valium
vallergan vallies valproate vape venlafaxine ventolin viagra vitamin vodka vortioxetine warfarin weed whiskey whisky
wine xanax xylazine yaba zaleplon zamadol zerobase zimovane zispin zolpidem zomorph zopiclone zubsolv zuclopenthixol
zyban zyprexa
"""
_SERVICES = """
access accident act acute addaction addictions adult adults advocacy advocate aftercare alcoholics aldi allied
ambulance annex anonymous appendix applicant ardens asda assertive authority barnardos barrister befriending bill
board boots borough british cafcass caldicott cambian camhs capacity care carer carers caring casework cgl chair
chairperson change changing chapter childrens citizen citizens clerk clinics code collaborative combating combatting
commissioner community constable constabulary consultant coordinator coroners corps costa councillor counsellor county
cranstoun credit criminal crisis crown cruse datix department detective dhi dialogue director directorate dispatcher
district drugs emergency emis enterprise everyturn executive facebook families figure foodbank forensics forward
foundation foundations futures gambling gateway general google governors greggs health healthcare healthwatch healthy
hospitals housing hub hubs humankind illy improving inclusion independent infirmary informant information inspector
instagram integrated intelligence jobcentre judge justice keyworker landlord lead lgbt liaison lidl lifeline live
magistrate magistrates manager matron mcdonalds memorial mencap mental mentor messenger microsoft midwife minister
ministry morrisons multi multiagency nacro narcan narcotics national navigator neighbour neighbourhood neighbourhoods
nhs north notice notices nurse office officer ofsted ombudsman open order orders outlook outreach paramedic parish
parkrun parliament partnership pathfinder pathways peer pharmacies pharmacist place police practice practitioner
prescriber primary prison probation programme project psychiatrist psychologist public recoverist recovery redthread
refuge regional registrar registry regulation regulations release research response rethink rough royal safe safer
sainsburys salvation samaritans scambusters schedule secondary secretary section serenity sergeant services sexual
shelter sister snapchat social society solicitor solutions specialist spectrum sport st starbucks step strategic
street strengthening superdrug superintendent supported supporting surgeries systmone table talk talking talktofrank
targeted team teams technician telecare telegram tesco therapies therapist theseus tiktok together town treatment
tribunal trust turning twitter union units universal veterans victim viewpoint violence visiting voluntary volunteer
volunteers wales wards warm welfare wetherspoons whatsapp wilko women womens work worker workers working young youth
youtube
"""
_ACRONYMS = """
a aa abc ac acct acmd ad adhd adl adls ae aed af aki als alt am amb ambo amhp aod aor approx arrest arvd asap asbo asd
ast audit auditc avpu bac bbv bc bd bipap bleep bls bme bmi bnf bp bpm ca cad camhs cardiac cbt cc ccg cct cctv ccu cd
cdop cdp ce cgl chd chi ci cid cmht cns cntw cnwl co cop copd cp cpa cpap cpn cpr cps cqc cro crp ct cva cvd cxr da
dard dash db dbs dc dcc ddu df dfe dhr dhsc di dka dna dnacpr dnar dob dols dp dpa dpia dr drd drr ds dsa dsh dtor dts
dv dva dvla dvt dwp ea ecg ecmo ed ee eeast eeg eh ehcp ehr elft emas emr ent er esa esp esr et eta etoh eupd f fbc fh
fme fu fy gbl gcs gdpr ghb gi gmc gmp gp gps gtn ha hb hbv hca hcpc hcv hdu hems hep hhr hiv hmcts hmic hmo hmp hmpps
hmrc hr hrt hv ia iapt ic icb icd icp ics icu id idu ie ig ii iii im imca imd ims inr io iom iopc ipp isa it itu iu iv
ivdu ivdus jph jsna ka kg km kw la lac las ldis lft lfts lgbt lgbtq lgbtqia lhb lpft lsd ltc lvf ma mam maoi mappa
marac marm mash mca mcg md mdma mdt me met mg mh mha mhp mhra mi misper ml mmhg mo moj mp mpft mr mri mrsa ms mst msu
mua mw na naat nacro nb ndtms neas neet nfa nfo nhs nhse nice nk nmc nnuh no nof nok noms nps nrla nrt nsaids nsft
ntsc nwas o2 oasys ob obs occ od odu ofsted ohid omu onr ons ooh opd os ot pa paco pacs pals pc pcc pcn pcr pcso pcts
pd pe pea pgd phe pip pir pl pm pmh pmhx pn pnc po poa poct pos pr prn pt ptsd pu pv qa qds qeh qes ra rat rcn rcp ref
resus rgn rha ri rio rip rmn rn rnli ro rosc rta rtc rvr rx sab sae sao sar sas sats sc sca scas secamb sha si sids
sio slam smi snri snt soa sob spo spoa spoc ss ssri std sti stis stn sto su sud svt swasft t1 tb tbc tca tds tewv thc
tia tl to tof tp tsa tta ttas tto u uc uk uka ukhsa uks un urti us usa uti va vaw vawg vbg vd vf vrt vt vte wast wc
wdp who wm wmas wng wpw xr yas yjs ymca yo yos yot yp zd
"""

CLINICAL = frozenset(_CLINICAL.split())
SUBSTANCES = frozenset(_SUBSTANCES.split())
SERVICES = frozenset(_SERVICES.split())
# Upper-case shorthand; initials of a person that read like one of these are not taken for the person.
ACRONYMS = frozenset(_ACRONYMS.split())
