package demo

// german is what people say in German.
var german = tongue{
	slots: map[string][]string{
		"b":     {"Kaffora", "Kaffora", "Kaffora", "#Kaffora"},
		"drink": {"Milchkaffee", "Cappuccino", "Espresso", "Filterkaffee", "Kakao", "Flat White", "Kaffee"},
		"food":  {"Zimtschnecke", "Käsestulle", "Nussecke", "Laugenstange", "Apfeltasche", "Mohnschnecke"},
		"city":  {"Rosenfurt", "Lindwerder", "Altbruch", "Steinau am Wehr", "Moorhafen"},
		"when":  {"heute Morgen", "heute", "gestern", "gerade eben", "in der Mittagspause", "am Samstag"},
		"mins":  {"zehn", "zwanzig", "dreißig", "vierzig"},
		"days":  {"zwei", "drei", "vier", "neun"},
		"who":   {"meine Schwester", "mein Kollege", "das ganze Büro", "meine Oma", "mein Nachbar"},
		"thing": {"der Milchschäumer", "das Mahlwerk", "der Wassertank", "die Abtropfschale"},
		"part":  {"die Anmeldung", "das Bezahlen", "die Vorbestellung", "die Punkteseite"},
		"price": {"fast fünf Taler", "zwanzig Prozent mehr als im Frühjahr", "mehr als mein Mittagessen"},
	},
	open: map[subject][]string{
		chatter:   {"Also gut.", "Ganz ehrlich:", "Merke:", "Kleine Freude:"},
		praise:    {"Muss auch mal gesagt werden:", "Keine Werbung, wirklich:", "Hut ab!", "Wow."},
		complaint: {"Ernsthaft?", "Ich bin bedient.", "Liebes Kaffora-Team,", "Tja.", "So geht das nicht:"},
		question:  {"Kurze Frage:", "Frage in die Runde:", "Weiß das jemand?"},
		idea:      {"Idee:", "Mal ein Vorschlag:", "Liebes Kaffora-Team,"},
		purchase:  {"Jetzt ist es so weit.", "Die alte Maschine ist hin.", "Geburtstag steht an."},
		smell:     {"Achtung:", "Bin ich der Einzige?", "Das macht mir Angst.", "Vorsicht bitte:"},
	},
	tail: map[subject][]string{
		chatter:   {"Mehr nicht.", "Na dann.", "Schönen Tag euch!", "Ist halt so."},
		praise:    {"Gerne wieder!", "Weiter so.", "Tag gerettet.", "Da gehe ich wieder hin."},
		complaint: {"Nie wieder.", "Bitte kümmert euch.", "Ich will mein Geld zurück.", "Das war mal anders.", "Sehr ärgerlich."},
		question:  {"Danke schon mal!", "Finde auf der Seite nichts.", "Jemand eine Ahnung?"},
		idea:      {"Wer wäre dabei?", "Nur so ein Gedanke.", "Würde ich sofort nutzen."},
		purchase:  {"Lohnt sich das?", "Tipps willkommen.", "Am liebsten noch diese Woche."},
		smell:     {"Zieht den Stecker!", "Kaffora, bitte melden.", "Ist das noch sicher?", "Immer noch keine Antwort."},
	},
	core: map[subject][]string{
		chatter: {
			"Heute endlich wieder Sonne.", "Wer geht am Samstag mit ins Kino?", "Die Bahn kommt heute wohl zu Fuß.", "Drei Termine, kein Mittagessen, gute Laune trotzdem.",
			"Frisches Brot und ein gutes Buch, mehr brauche ich nicht.", "Der Hund hat {when} die Hausaufgaben wirklich gefressen.", "In {city} regnet es quer.",
			"{who} hat mir Stricken beigebracht, jetzt wird nichts anderes mehr fertig.", "Balkon umgetopft, Rücken kaputt, glücklich.", "Nach {city} gelaufen und zurück, Füße beleidigt.",
			"Ein {drink} am Fenster, und die Welt darf warten.", "Das Treppenhaus riecht nach Pfannkuchen. Wer war das?",
		},
		praise: {
			"der {drink} bei {b} schmeckt heute großartig, ich bin begeistert.", "toller Service bei {b} in {city}, vielen Dank an das Team!", "{b} ist einfach mein Lieblingsort, wunderbar gemütlich.",
			"ich liebe die {food} von {b}.", "{b} hat mir den verschütteten {drink} einfach neu gemacht. Super nett!", "{who} und ich sind uns einig: bei {b} gibt es den besten {drink}.",
			"Kaffora Go ist so praktisch, mein {drink} stand schon bereit. Super!", "meine Kaffora Home läuft seit zwei Jahren ohne Murren, tolle Qualität.", "schnell, freundlich, lecker: {b} in {city} macht alles richtig.", "der Kundendienst von {b} hat nach {mins} Minuten geantwortet. Klasse!", "so eine gute {food} wie {when} bei {b} hatte ich lange nicht.",
		},
		complaint: {
			"warum antwortet {b} seit einer Woche nicht auf meine Mail? Sehr enttäuschend.", "{b} hat mir zweimal abgebucht. Unmöglich, ich bin stinksauer.",
			"{mins} Minuten gewartet und dann kalter {drink}. {b} war schon mal besser.", "die Bestellung bei {b} ist wieder nicht angekommen, schrecklicher Service.",
			"{part} bei Kaffora Go stürzt seit dem Update jedes Mal ab. Furchtbar.", "Kaffora Go hat meine Punkte gelöscht. Unverschämt.", "ein {drink} bei {b} kostet jetzt {price} und schmeckt nach nichts. Frechheit.",
			"{thing} meiner Kaffora Home ist nach {days} Wochen kaputt, und die Garantie stellt sich taub. Mies.", "unfreundlich, laut, schmutzig: {b} in {city} war {when} eine Zumutung.",
			"trockene {food} und eine Schlange bis auf die Straße. {b} enttäuscht mich schon wieder.",
		},
		question: {
			"hat {b} in {city} am Sonntag geöffnet?", "gibt es bei {b} auch laktosefreie Milch?", "wie kann ich bei {b} meine Adresse ändern?", "gilt der Gutschein vom letzten Jahr noch bei {b}?",
			"ist die {food} bei {b} vegan?", "bekommt man bei {b} noch Rabatt mit eigenem Becher?", "wo finde ich die Anleitung für die Kaffora Home?", "funktioniert Kaffora Go auch im Ausland?", "kann man Kaffora Beans im Urlaub pausieren?", "in welchem {b} in {city} gibt es Steckdosen?",
		},
		idea: {
			"es wäre schön, wenn {b} eine Stempelkarte anbieten würde.", "{b} sollte kleinere Becher einführen.", "bitte eine ruhige Stunde bei {b} in {city}, ohne Musik.",
			"{b} sollte Rabatt für den eigenen Becher geben, dann bringen ihn alle mit.", "Kaffora Go sollte auch ohne Netz funktionieren, im Bahnhof {city} gibt es keines.",
			"eine Erinnerung ans Entkalken in der Kaffora Home wäre Gold wert.", "könnte {b} Bohnen nicht auch in halben Tüten verkaufen?",
		},
		purchase: {
			"ich möchte mir die Ember One von Kaffora Home kaufen, wo gibt es sie am günstigsten?", "will unbedingt eine Kaffora Home bestellen, gibt es Rabatt?",
			"suche ein Geschenk für {who}: wer verkauft die Ember Mini von Kaffora Home in {city}?", "ich bestelle mir die Ember One, weiß jemand, wo sie lieferbar ist?",
			"überlege, Kaffora Beans zu abonnieren, lohnt sich die dunkle Röstung?",
		},
		rival: {
			"war {when} bei {x}, ganz ordentlich.", "{x} ist billiger, schmeckt aber nach nichts.", "{x} macht jetzt auch in {city} auf.", "der {drink} bei {x} war in Ordnung.",
			"bei {x} in {city} schon wieder {mins} Minuten Schlange.",
		},
		compare:   {"{x} ist jetzt teurer als Kaffora, da gehe ich lieber zurück.", "Kaffora oder {x}? Der {drink} ist bei Kaffora besser.", "nach der Preiserhöhung von {x} zu Kaffora gewechselt, keine Reue."},
		launch:    {"die Ember One ist da! Endlich eine kleine Maschine von Kaffora Home, die gut aussieht.", "erster {drink} aus der neuen Ember One, herrlich.", "hat schon jemand die Ember One von Kaffora Home ausprobiert?"},
		delay:     {"mein Paket von Kaffora Beans ist {days} Tage zu spät, die Sendung wird nirgends gefunden.", "immer noch keine Lieferung von Kaffora Beans. Enttäuschend.", "zweite Woche ohne Kaffora Beans. Ich kündige, das ist schlecht."},
		viral:     {"diese Geschichte aus dem Kaffora ist das Schönste der Woche.", "mehr davon! Großartig, Kaffora.", "der Mensch hinter der Theke bei Kaffora verdient einen Orden."},
		smell:     {"meine Ember One riecht verbrannt, ist das bei euch auch so?", "aus der Ember One kam {when} Rauch. Kaffora, was ist da los?", "die Ember One wird gefährlich heiß, ich habe den Stecker gezogen.", "{thing} meiner Ember One ist geschmolzen. Furchtbar!", "gibt es einen Rückruf für die Ember One? {who} hat denselben verbrannten Geruch."},
		calm:      {"Kaffora hat meine Ember One am nächsten Tag getauscht. Gut reagiert.", "die Auskunft von Kaffora zur Ember One ist wenigstens klar, meine ist nicht betroffen.", "Geld für die Ember One ohne Murren zurück, das ist fair von Kaffora."},
		official:  {"Das tut uns leid, so soll es nicht sein. Schickt uns bitte die Bestellnummer, wir kümmern uns noch heute.", "Gute Frage! Ihr findet es in der App unter Hilfe.", "Vielen Dank, das geben wir dem Team in {city} gerne weiter.", "Die Idee gefällt uns, sie steht jetzt auf der Liste für unser Produktteam."},
		statement: {"Einige Maschinen Ember One der ersten Serie können zu heiß werden. Beginnt die Nummer mit E1A, bitte Stecker ziehen. Wir tauschen jede kostenlos: http://care.example/ember"},
	},
}
