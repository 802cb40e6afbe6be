package demo

// finnish is what people say in Finnish. Names are inflected, as they are
// there: a monitor for Finnish ears has to know that.
var finnish = tongue{
	slots: map[string][]string{
		"b":     {"Kaffora", "Kaffora", "#Kaffora"},
		"bn":    {"Kafforan"},
		"bi":    {"Kafforassa"},
		"bs":    {"Kafforasta"},
		"drink": {"kahvi", "kaakao", "cappuccino", "suodatinkahvi", "latte"},
		"food":  {"korvapuusti", "karjalanpiirakka", "mustikkapiirakka", "ruisleipä"},
		"city":  {"Kivisalossa", "Haukirannassa", "Lehtokylässä", "Vesijoella"},
		"when":  {"tänään", "eilen", "aamulla", "äsken", "lauantaina"},
		"mins":  {"kymmenen", "kaksikymmentä", "neljäkymmentä"},
		"days":  {"kaksi", "kolme", "viisi"},
		"who":   {"siskoni", "naapuri", "koko toimisto", "kaverini"},
	},
	open: map[subject][]string{
		chatter:   {"No niin.", "Rehellisesti:", "Pieni ilo:"},
		praise:    {"Pakko kehua:", "Ei mainos, oikeasti:", "Vau."},
		complaint: {"Oikeasti?", "Nyt riitti.", "Hei Kaffora,", "Huoh."},
		question:  {"Pikainen kysymys:", "Tietääkö joku:"},
		idea:      {"Idea:", "Ehdotus:", "Toive:"},
		purchase:  {"Vanha keitin hajosi.", "Palkkapäivä."},
		smell:     {"Varokaa:", "Onko muilla samaa?", "Pelottavaa."},
	},
	tail: map[subject][]string{
		chatter:   {"Siinä se.", "Hyvää päivää kaikille!", "Näin on."},
		praise:    {"Kiitos!", "Tulen uudestaan.", "Päivä pelastettu.", "Lisää tällaista."},
		complaint: {"Ei enää koskaan.", "Korjatkaa tämä.", "Haluan rahat takaisin.", "Odotin parempaa."},
		question:  {"Kiitos jo etukäteen!", "En löydä sivuilta."},
		idea:      {"Kuka on mukana?", "Käyttäisin heti."},
		purchase:  {"Kannattaako?", "Vinkkejä otetaan vastaan."},
		smell:     {"Ottakaa johto irti!", "Kaffora, vastatkaa.", "Onko tämä turvallista?"},
	},
	core: map[subject][]string{
		chatter:   {"Sataa koko päivän, mutta sauna on lämmin.", "Tänään metsään kävelylle.", "Kuka lähtee lauantaina elokuviin?", "Aamu alkoi hyvin, aurinko paistaa.", "Koira söi taas lapasen.", "Bussi oli {when} myöhässä, onneksi oli kirja.", "Ensimmäinen lumi {city}!", "{who} opetti minut neulomaan, nyt mikään muu ei valmistu.", "Yksi {drink} ja ikkunapaikka, muuta en pyydä."},
		praise:    {"{drink} oli taas erinomaista paikassa {b}, kiitos!", "{b} on kaupungin paras kahvila, rakastan tätä paikkaa.", "ihana palvelu: {b} yllätti taas iloisesti.", "{bi} saa parhaan herkun: {food}!", "Kaffora Go on kätevä, {drink} odotti valmiina. Mahtavaa!", "{bn} henkilökunta {city} on mahtavaa.", "{bs} löytyi uusi suosikkini, {food}. Upea!", "{who} ja minä olemme samaa mieltä: {b} on loistava."},
		complaint: {"{b} ei vastaa viesteihin viikkoon, todella huono palvelu.", "tilaus ei saapunut ja {b} vain pahoittelee. Pettymys.", "{drink} oli kylmää ja jono kamala, {b} petti taas.", "{mins} minuuttia jonossa, sitten {bi} loppui maito. Surkeaa.", "{b} veloitti kahdesti enkä saa rahojani takaisin. Törkeää.", "Kaffora Go kadotti kaikki pisteeni. Surkea sovellus.", "{bn} sovellus kaatuu joka kerta päivityksen jälkeen, ärsyttävää."},
		question:  {"onko {b} auki sunnuntaina?", "saako paikasta {b} kauramaitoa?", "mistä vaihdan osoitteen, {b}?", "onko {bi} vegaaninen {food}?", "toimiiko Kaffora Go ulkomailla?", "käykö viime vuoden lahjakortti vielä, {b}?"},
		idea:      {"olisi hienoa, jos {b} avaisi aikaisemmin.", "{b} voisi tarjota pienempiä kuppeja.", "{b} voisi antaa alennusta omasta mukista.", "Kaffora Go voisi toimia ilman verkkoa, {city} ei ole kenttää.", "{bi} voisi olla hiljainen tunti."},
		purchase:  {"haluan ostaa Ember One keittimen Kaffora Home -kaupasta, mistä halvimmalla?", "aion tilata Ember Mini keittimen Kaffora Home -mallistosta, mistä sen saa?", "etsin lahjaa: kuka myy Ember One keittimiä {city}?"},
		rival:     {"kävin {when} paikassa {x}, ihan ok.", "{x} on halvempi mutta kahvi on laihaa.", "{x} avasi {city}."},
		compare:   {"{x} on nyt kalliimpi kuin Kaffora, palaan takaisin.", "Kaffora vai {x}? Kaffora voittaa."},
		launch:    {"Ember One saapui! Kaffora Home teki vihdoin pienen keittimen.", "ensimmäinen {drink} uudesta Ember One keittimestä, ihanaa."},
		delay:     {"Kaffora Beans on {days} päivää myöhässä, seuranta tyhjä. Harmittaa.", "vieläkään ei toimitusta, Kaffora Beans petti."},
		viral:     {"tämä tarina Kaffora kahvilasta on viikon kaunein.", "lisää tällaisia ihmisiä! Hyvä Kaffora."},
		smell:     {"Ember One haisee palaneelta muovilta, onko muilla samaa?", "Ember One alkoi savuta {when}, otin johdon heti irti. Kaffora, mitä tapahtuu?", "Ember One kuumenee vaarallisesti, en uskalla käyttää."},
		calm:      {"Kaffora vaihtoi Ember One keittimeni heti, hyvin hoidettu.", "Kaffora palautti rahat, reilua."},
		official:  {"Pahoittelemme, näin ei pitäisi käydä. Lähetä tilausnumero, niin korjaamme asian tänään.", "Hyvä kysymys! Vastaus löytyy sovelluksesta kohdasta Ohje.", "Kiitos, välitämme terveiset tiimille!"},
		statement: {"Osa ensimmäisen sarjan Ember One keittimistä voi kuumentua liikaa. Jos numero alkaa E1A, irrota johto. Vaihdamme jokaisen maksutta: http://care.example/ember"},
	},
}
