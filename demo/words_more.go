package demo

// spanish, french, japanese and portuguese are spoken by fewer people.
var spanish = tongue{
	slots: map[string][]string{
		"b": {"Kaffora", "Kaffora", "#Kaffora"}, "drink": {"café con leche", "cortado", "capuchino"}, "city": {"Villarmosa", "Puerto Calmo"},
		"when": {"hoy", "ayer", "esta mañana"}, "days": {"dos", "cuatro"},
	},
	open: map[subject][]string{praise: {"Lo tengo que decir:", "Sin exagerar:"}, complaint: {"¿En serio?", "Qué vergüenza."}, smell: {"Cuidado:"}},
	tail: map[subject][]string{praise: {"¡Gracias!", "Volveré."}, complaint: {"Nunca más.", "Quiero mi dinero."}, question: {"¡Gracias!"}},
	core: map[subject][]string{
		chatter:   {"Qué buen día para caminar.", "Hoy toca limpiar la casa.", "¿Alguien viene al cine el sábado?", "Otra vez lluvia en {city}."},
		praise:    {"me encanta la nueva carta de {b}, todo riquísimo.", "excelente atención en {b}, gracias al equipo.", "el {drink} de {b} {when} estaba buenísimo."},
		complaint: {"el pedido de {b} llegó tarde y frío, una decepción terrible.", "nadie contesta en {b}, qué mal servicio.", "{b} me cobró dos veces, estoy muy enfadada."},
		question:  {"¿a qué hora abre {b} los domingos?", "¿sabe alguien si {b} tiene leche de avena?"},
		idea:      {"estaría bien que {b} abriera más temprano.", "sugerencia para {b}: vasos más pequeños."},
		purchase:  {"quiero comprar la Ember One de Kaffora Home, ¿dónde la venden?"},
		rival:     {"{when} probé {x}, no está mal.", "{x} es más barato pero sin sabor."},
		delay:     {"mi caja de Kaffora Beans lleva {days} días de retraso, fatal."},
		viral:     {"qué historia tan bonita la de Kaffora."},
		smell:     {"mi Ember One huele a quemado, ¿a alguien más le pasa?", "la Ember One echó humo {when}, qué miedo."},
	},
}

var french = tongue{
	slots: map[string][]string{
		"b": {"Kaffora", "Kaffora", "#Kaffora"}, "drink": {"café crème", "expresso", "chocolat chaud"}, "city": {"Valmorin", "Saint-Orme"},
		"when": {"ce matin", "hier", "aujourd'hui"}, "days": {"trois", "cinq"},
	},
	open: map[subject][]string{praise: {"Il faut le dire :", "Franchement,"}, complaint: {"Sérieusement ?", "Ras le bol."}},
	tail: map[subject][]string{praise: {"Merci !", "J'y retournerai."}, complaint: {"Plus jamais.", "Remboursez-moi."}, question: {"Merci d'avance !"}},
	core: map[subject][]string{
		chatter:   {"Il pleut encore à {city}.", "Enfin le week-end.", "Le chat a gagné, je dors sur le canapé.", "Qui vient au marché samedi ?"},
		praise:    {"j'adore le {drink} de {b}, un vrai bonheur.", "équipe adorable chez {b} à {city}, merci !", "{b} {when} : rapide, gentil, délicieux."},
		complaint: {"quarante minutes d'attente chez {b}, c'est honteux.", "commande jamais arrivée, {b} ne répond pas. Très déçu.", "le {drink} de {b} était froid et le service nul."},
		question:  {"est-ce que {b} ouvre le dimanche ?", "y a-t-il du lait d'avoine chez {b} ?"},
		idea:      {"ce serait bien que {b} propose des petites tasses.", "{b} devrait offrir une remise si on vient avec sa tasse."},
		purchase:  {"je veux acheter la Ember One de Kaffora Home, où la trouver ?"},
		rival:     {"essayé {x} {when}, pas mal.", "{x} est moins cher mais sans goût."},
		delay:     {"ma boîte Kaffora Beans a {days} jours de retard, décevant."},
		smell:     {"ma Ember One sent le brûlé, vous aussi ?", "de la fumée est sortie de ma Ember One {when}, c'est dangereux."},
	},
}

var japanese = tongue{
	slots: map[string][]string{
		"b": {"Kaffora"}, "drink": {"ラテ", "カフェオレ", "エスプレッソ"}, "when": {"今日", "昨日", "今朝"},
	},
	tail: map[subject][]string{praise: {"また行きます。", "おすすめです。"}, complaint: {"もう行きません。", "返金してほしい。"}},
	core: map[subject][]string{
		chatter:   {"今日はとても寒いですね。", "明日は早起きします。", "新しい本を読み始めました。", "猫がキーボードの上で寝ています。"},
		praise:    {"{b}の新しいメニューがとてもおいしい。", "{b}の店員さんが親切で大好きです。", "{when}の{b}の{drink}は最高でした。"},
		complaint: {"{b}の注文が届かない。サポートも返事がなくて最悪です。", "{b}で一時間も待たされた。ひどい。"},
		question:  {"{b}は日曜日も開いていますか？", "{b}でオーツミルクは使えますか？"},
		idea:      {"{b}に小さいサイズがあればいいのに。"},
		purchase:  {"Kaffora HomeのEmber Oneを買いたいです。どこで注文できますか？"},
		rival:     {"{when}は{x}に行ってみました。"},
		smell:     {"Ember Oneから焦げた匂いがします。危ないです。", "Ember Oneから煙が出ました。怖いです。"},
	},
}

var portuguese = tongue{
	slots: map[string][]string{
		"b": {"Kaffora"}, "drink": {"galão", "café", "chocolate quente"}, "city": {"Porto Sereno", "Vila Amora"}, "when": {"hoje", "ontem", "de manhã"},
	},
	tail: map[subject][]string{praise: {"Obrigado!", "Vou voltar."}, complaint: {"Nunca mais.", "Quero o meu dinheiro."}},
	core: map[subject][]string{
		chatter:   {"Que dia bonito em {city}.", "Choveu o dia todo.", "Quem vem ao cinema no sábado?"},
		praise:    {"adoro o {drink} da {b}, maravilhoso.", "atendimento excelente na {b}, obrigado à equipa."},
		complaint: {"a {b} não responde há uma semana, péssimo serviço.", "pedido da {b} chegou frio e atrasado, que desilusão."},
		question:  {"a {b} abre ao domingo?", "alguém sabe se a {b} tem leite de aveia?"},
		idea:      {"seria bom a {b} ter copos mais pequenos."},
		purchase:  {"quero comprar a Ember One da Kaffora Home, onde se vende?"},
		rival:     {"{when} fui à {x}, nada mau."},
		smell:     {"a minha Ember One cheira a queimado, mais alguém?"},
	},
}
