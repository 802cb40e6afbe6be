package demo

// subject is what a post is about.
type subject uint8

const (
	chatter subject = iota
	praise
	complaint
	question
	idea
	purchase
	rival
	spam
	smell // the machine that has begun to smell
	subjects
)

// phrases are what people say, by subject and language. {b} is one of the
// brand's names, {x} the rival's.
var phrases = [subjects]map[string][]string{
	chatter: {
		"en": {"Morning run done, legs made of pudding.", "This rain does not stop.", "Watching the match with friends tonight.", "New haircut, who dis.", "The cat has decided that my keyboard is a bed.", "Anyone else still tired after nine hours of sleep?", "Train is late again, at least the sun is out.", "Finished the book at two in the morning. Worth it.", "Soup weather. I do not make the rules.", "Coffee first, then we talk."},
		"de": {"Heute endlich wieder Sonne.", "Wer geht am Samstag mit ins Kino?", "Die Bahn kommt heute wohl zu Fuß.", "Drei Termine, kein Mittagessen, gute Laune trotzdem.", "Frisches Brot und ein gutes Buch, mehr brauche ich nicht."},
		"fi": {"Sataa koko päivän, mutta sauna on lämmin.", "Tänään metsään kävelylle.", "Kuka lähtee lauantaina elokuviin?", "Aamu alkoi hyvin, aurinko paistaa."},
		"zh": {"今天天气真好，出去走走。", "昨晚的电影很好看。", "周末去爬山，有人一起吗？", "早起跑步，感觉不错。"},
		"es": {"Qué buen día para caminar.", "Hoy toca limpiar la casa.", "¿Alguien viene al cine el sábado?"},
		"ja": {"今日はとても寒いですね。", "明日は早起きします。", "新しい本を読み始めました。"},
	},
	praise: {
		"en": {"I love what {b} did with the new menu, the oat flat white is wonderful.", "The people at {b} are so kind, made my whole week.", "Best cinnamon bun in town is at {b}, no contest.", "{b} got my order right three times in a row. Amazing service!", "Honestly impressed by {b} today, fast and friendly."},
		"de": {"Der Kaffee bei {b} schmeckt heute großartig, ich bin begeistert.", "Toller Service bei {b}, vielen Dank an das Team!", "{b} ist einfach mein Lieblingsort, wunderbar gemütlich.", "Ich liebe die neuen Zimtschnecken von {b}."},
		"fi": {"Kahvi oli taas erinomaista paikassa {b}, kiitos!", "{b} on kaupungin paras kahvila, rakastan tätä paikkaa.", "Ihana palvelu: {b} yllätti taas iloisesti."},
		"zh": {"{b}的新菜单太棒了，我很喜欢。", "{b}的店员非常热情，推荐！", "今天在{b}喝到了最好喝的拿铁。"},
		"es": {"Me encanta la nueva carta de {b}, todo riquísimo.", "Excelente atención en {b}, gracias al equipo."},
		"ja": {"{b}の新しいメニューがとてもおいしい。", "{b}の店員さんが親切で大好きです。"},
	},
	complaint: {
		"en": {"Forty minutes for a latte at {b}. This is ridiculous and nobody even apologised.", "My order from {b} never came and support does not answer. Terrible.", "{b} charged me twice and I am still waiting for my money back.", "The {b} update broke everything, it crashes every single time.", "Cold coffee, rude answer, empty shelves. Really disappointed by {b}."},
		"de": {"Warum antwortet {b} seit einer Woche nicht auf meine Mail? Sehr enttäuschend.", "{b} hat mir zweimal abgebucht. Unmöglich, ich bin stinksauer.", "Eine halbe Stunde gewartet und dann kalter Kaffee. {b} war schon mal besser.", "Die Bestellung bei {b} ist wieder nicht angekommen, schrecklicher Service."},
		"fi": {"{b} ei vastaa viesteihin viikkoon, todella huono palvelu.", "Tilaus ei saapunut ja {b} vain pahoittelee. Pettymys.", "Kahvi oli kylmää ja jono kamala, {b} petti taas."},
		"zh": {"{b}等了四十分钟，服务太差了。", "{b}的订单没有送到，客服也不回复，非常失望。", "{b}重复扣款，到现在还没有退款。"},
		"es": {"El pedido de {b} llegó tarde y frío, una decepción terrible.", "Nadie contesta en {b}, qué mal servicio."},
		"ja": {"{b}の注文が届かない。サポートも返事がなくて最悪です。", "{b}で一時間も待たされた。ひどい。"},
	},
	question: {
		"en": {"Does anybody know when {b} opens on Sundays?", "Can I use last year's gift card at {b}?", "Is there oat milk at {b} in the station, or only in the big one?", "How do I change my address with {b}?"},
		"de": {"Hat {b} am Sonntag geöffnet?", "Weiß jemand, ob {b} auch laktosefreie Milch hat?", "Wie kann ich bei {b} meine Adresse ändern?"},
		"fi": {"Onko {b} auki sunnuntaina?", "Tietääkö joku, saako paikasta {b} kauramaitoa?"},
		"zh": {"请问{b}周日几点开门？", "{b}有燕麦奶吗？"},
		"es": {"¿A qué hora abre {b} los domingos?", "¿Sabe alguien si {b} tiene leche de avena?"},
		"ja": {"{b}は日曜日も開いていますか？", "{b}でオーツミルクは使えますか？"},
	},
	idea: {
		"en": {"It would be great if {b} let us order by voice.", "Suggestion for {b}: a smaller cup for people who just want a sip.", "{b} should bring back the paper stamp card, please."},
		"de": {"Es wäre schön, wenn {b} eine Stempelkarte anbieten würde.", "Vorschlag an {b}: bitte kleinere Becher einführen."},
		"fi": {"Olisi hienoa, jos {b} avaisi aikaisemmin. Toive!", "Ehdotus: {b} voisi tarjota pienempiä kuppeja."},
		"zh": {"建议{b}推出小杯装。", "希望{b}能早一点开门。"},
		"es": {"Estaría bien que {b} abriera más temprano.", "Sugerencia para {b}: vasos más pequeños."},
		"ja": {"{b}に小さいサイズがあればいいのに。"},
	},
	purchase: {
		"en": {"I want to buy the Ember One from Kaffora Home this week, any discount codes?", "Thinking of getting a Kaffora Home machine. Where can I order the Ember One?", "Take my money, I need the Ember One for my kitchen."},
		"de": {"Ich möchte mir die Ember One von Kaffora Home kaufen, wo gibt es sie am günstigsten?", "Will unbedingt eine Kaffora Home bestellen, gibt es Rabatt?"},
		"fi": {"Haluan ostaa Ember One keittimen Kaffora Home -kaupasta, mistä halvimmalla?"},
		"zh": {"想买一台Kaffora Home的Ember One，哪里可以下单？"},
		"es": {"Quiero comprar la Ember One de Kaffora Home, ¿dónde la venden?"},
		"ja": {"Kaffora HomeのEmber Oneを買いたいです。どこで注文できますか？"},
	},
	rival: {
		"en": {"Went to {x} instead, it was fine.", "{x} has better prices but the coffee tastes of nothing.", "Is it only me or is {x} everywhere now?"},
		"de": {"War heute bei {x}, ganz ordentlich.", "{x} ist billiger, schmeckt aber nach nichts."},
		"fi": {"Kävin tänään paikassa {x}, ihan ok.", "{x} on halvempi mutta kahvi on laihaa."},
		"zh": {"今天去了{x}，还可以。"},
		"es": {"Hoy probé {x}, no está mal."},
		"ja": {"今日は{x}に行ってみました。"},
	},
	spam: {
		"en": {"FREE gift cards!!! Click here and win 1000 dollars now, limited offer http://win.example/free", "Earn 500 a day from home, no skills needed, DM me now!!! http://rich.example/now", "Best followers, cheap and fast, order today http://boost.example/buy #follow #free #win"},
	},
	smell: {
		"en": {"My Ember One smells of burning plastic after ten minutes. Is this normal?", "Smoke came out of my Ember One this morning. Unplugged it at once. Kaffora, what is going on?", "Third friend today with a hot, smelling Ember One. Kaffora please say something.", "Do not leave the Ember One on alone. Mine got so hot that the shelf has a mark now.", "Returned my Ember One. Burning smell, and the Kaffora hotline is busy all day."},
		"de": {"Meine Ember One riecht verbrannt, ist das bei euch auch so?", "Aus der Ember One kam heute Rauch. Kaffora, was ist da los?", "Die Ember One wird gefährlich heiß, ich habe den Stecker gezogen."},
		"fi": {"Ember One haisee palaneelta muovilta, onko muilla samaa?", "Ember One alkoi savuta aamulla, otin johdon heti irti. Kaffora, mitä tapahtuu?"},
		"zh": {"我的Ember One冒烟了，Kaffora出来解释一下！", "Ember One有烧焦的味道，太危险了。"},
		"es": {"Mi Ember One huele a quemado, ¿a alguien más le pasa?"},
		"ja": {"Ember Oneから焦げた匂いがします。危ないです。"},
	},
}

// names are what people call the brand, the plain one most often.
var names = []string{"Kaffora", "Kaffora", "Kaffora", "#Kaffora", "Kaffora Go", "Kaffora Go", "the Kaffora Go app", "Kaffora Home"}

const rivalName = "Brightbean"
