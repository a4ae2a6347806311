"""Words by which a line is told to hold a person's name, or the name of a body, a paper or a day."""

from __future__ import annotations

# Words of bodies, papers and calendars: with one of them a line like `Care Homes Framework 01/04/2015` names nobody.
NOT_NAMES = frozenset(
    """
    accessed action addendum adult adults agreement agreements amended ambulance amendment and annex annual appendix
    approval approved area assessment association august authority award band better block board book bridge british
    budget bundle business cabinet care carers case category ccg centre centres change charity checked children cic city
    class clause clinical clinic closed closing college commenced commencement commission commissioning committee
    community company complete completed completion consortium consultation contract contracts control corporate cost
    council county cover date dated dates day days deadline december decision delivery department devon direct director
    directorate disability discharge district domiciliary draft due early east effective emergency end ended ending ends
    england enterprise equipment executive expired expires expiry extension family february final finance financial
    first five for forecast foundation four framework friday from fund funding go governance grade grant group groups
    head health healthcare hearing home homes hospice hospital hospitals hour hours house housing implementation inc
    independent individual information initial integrated issue issued item january job july june key last late latest
    lead learning level licence limited line list live livewell living llp local location lodge long lot lots ltd
    management manager march market may medical meeting mental midlands milestone mind minutes mobilisation module
    monday month months national new next nhs north northeast northwest notice november nursing october of offer office
    officer older on online open opening option options order outcome outcomes page paid panel paper part partners
    partnership payment pct people period personal phase pilot place placement plan planned plc plymouth policy pool
    practice price primary print printed priority private procurement programme project proposal protection provider
    providers provision public publication published quality quarter quarterly rate rates received record recorded
    referral referrals region regional release renewal report reported reporting request residential resource resources
    respite response retrieved return review reviewed revised revision road royal safeguarding saturday schedule scheme
    schemes school schools second section sector september series service services session sheet signed site social
    society solutions south southeast southwest specification spend stage standard start started starting starts status
    step strategy street submission submitted sunday supplier supply support supported surgery system systems table team
    technical tender tenders term termination terms the third three thursday tier time to torbay total tranche transfer
    transformation transition transport trust tuesday two type unit university until update updated urgent valid value
    variation vendor version viewed visit visited voluntary volume ward wednesday week weekly weeks wellbeing west with
    work works year years young youth zone
    """.split()  # noqa: SIM905 a list of words is read as words
)

# Words that stand inside a family name and are written small.
PARTICLES = frozenset("al ap bin da de del della den der di dos du el ibn la le san st ten van von".split())  # noqa: SIM905 as above

# Given names that are common in England and are no other English word. Accents are folded before they are looked up.
GIVEN_NAMES = frozenset(
    """
    aaron abdul abdullah abigail abraham adam adele adrian agnes ahmad ahmed aidan aileen aisha alan alana alastair
    albert aleksandra alex alexander alexandra alfie alfred ali alice alicia alison allan amanda amelia amina amir amy
    ana anastasia andrea andrew andrzej angela angus anil anita ann anna annabel anne annette annie anthony antonia
    antonio anya archie arthur asha ashley asma audrey ava barbara barry beatrice belinda ben benjamin bernadette
    bernard beryl beth bethany betty beverley bilal brenda brendan brian bridget bronwen bruce bryan callum cameron carl
    carla carlos carmen carol carole caroline catherine cathy cecilia cedric celia charles charlie charlotte cheryl
    chloe chris christian christina christine christopher ciara claire clara clare clive colette colin connor constance
    corinne craig cynthia daisy damian daniel daniela danielle darren dave david dean debbie deborah declan deepak
    deirdre delia denis denise dennis derek desmond diana diane dilys dmitri dominic donald donna doreen doris dorothy
    douglas duncan dylan eamonn edgar edith edmund edna edward edwin eileen elaine eleanor elena eli elias elizabeth
    ella ellen ellie elliot elsie emily emma enid eric erica erin ernest esme esther ethan ethel eugene eva evan evelyn
    ewa ewan fatima felicity felix fergus fiona florence frances francesca francis frederick gabriel gareth gary gavin
    gemma geoff geoffrey george georgia georgina gerald geraldine gerard gertrude gillian gladys glenn gloria glynis
    godfrey gordon graham greg gregory greta guy gwen gwyneth hannah hamza harold harriet harry harvey hasan hassan
    hazel heather hector helen helena henry herbert hilary hilda hugh hussain ian ibrahim imran ingrid irene iris isaac
    isabel isabella isla ismail ivan ivor jack jackie jacob jacqueline jade jake jakub jamal james jamie jan jane janet
    janice jasmine jason javier jean jeff jeffrey jenna jennifer jenny jeremy jerome jessica jill jim joan joanna joanne
    jodie joe joel john johnny jon jonathan jordan jorge jose joseph josephine josh joshua joyce juan judith julia
    julian julie juliet justin kamal karen karl kate katherine kathleen kathryn katie katarzyna katy kayleigh keith
    kelly kenneth kerry kevin khalid khadija kieran kim kimberley kirsty krishna krystyna kyle lara laura lauren
    laurence leah lee leo leon leonard leroy lesley leslie lewis liam lillian lilian lily linda lindsay lionel lisa liz
    lloyd logan lorna lorraine louis louisa louise lucas lucy luis luke lydia lynda lynn lynne mabel madeleine magdalena
    malcolm manuel marcus margaret margery maria mariam marian marie marilyn marion marjorie marlene martha martin mary
    mateusz matilda matthew maureen maurice mavis megan melanie melissa mia michael michal michelle miguel mildred mike
    millie miriam mohamed mohammad mohammed moira molly monica morag muhammad muriel myra myrtle nadia nancy naomi
    natalia natalie natasha nathan neil nellie neville niall niamh nicholas nicola nicole nigel nikki nina noah noel
    nora noreen norma norman olga oliver olivia omar oscar owen paige pamela patricia patrick paul paula pauline pavel
    pedro peggy penelope peter phil philip philippa phillip phoebe phyllis piotr priya rachel rajesh ralph ramesh
    raymond rebecca reginald rhys richard rita rob robert roberta rodney roger roisin roland ronald rosalind rosemary
    rosie ross roy ruby rupert russell ruth ryan sabrina sally sam samantha samir samuel sandeep sandra sanjay sara
    sarah scott sean sebastian shane shannon sharon shaun sheila shirley sian sidney silvia simon siobhan sofia sonia
    sophia sophie stacey stanley stefan stella stephanie stephen steve steven stewart stuart sunita susan susannah
    suzanne sylvia tamara tanya tara teresa terence terry thelma theo theodore theresa thomas tim timothy tina toby tom
    tomasz tony tracey tracy trevor tristan una ursula valerie vanessa vera veronica victor victoria vijay vincent viola
    violet vivian vivienne vladimir walter wanda wayne wendy wilfred william winifred winston xavier yasmin yolanda
    yusuf yvette yvonne zachary zainab zara zoe zoya
    """.split()  # noqa: SIM905 a list of words is read as words
)

# Words in front of a figure or a date that would pass for the letters of a national insurance number.
SMALL_WORDS = frozenset("am an as at be by eg he me mr ms my nr on or re we".split())  # noqa: SIM905 as above

# Words that link a sentence: behind a given name they say what somebody did, and are no surname.
LINKS = frozenset(
    """
    a about after agreed all also are asked at be been before but by called came can chaired confirmed did does emailed
    from gave had has have he her his if in into is it its left met no not noted of or our out said saw sent she
    spoke that their then there they this told took under up was we went were will with wrote you
    """.split()  # noqa: SIM905 a list of words is read as words
)
