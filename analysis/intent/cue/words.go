package cue

// Kind is what a word or phrase hints at.
type Kind int8

const (
	None        Kind = iota
	Ask              // asks, if the sentence ends with a question mark: what, wann, mitä
	AskFirst         // likewise, but only as the first word: is, can, haben
	AskAlone         // asks with or without a question mark: does anyone know, 请问
	Wish             // suggests: would be great if, please add
	Buy              // wants to buy: thinking of buying, kannattaako ostaa
	ToBuy            // wants to buy, if the sentence is a question: buy, kaufen, ostaa
	Praising         // praises, in a post that feels positive: great service, well done
	Complaining      // complains, in a post that feels negative: no answer, refund
)

// words are written for this package; phrases are separated by commas. The text
// is read like a post's, so case, apostrophes and hyphens do not matter.
var words = map[string]map[Kind]string{
	"en": {
		Ask: "what, whats, why, how, when, where, who, whom, whose, which, wheres, whens, hows, any idea, any chance, right, or not",
		AskFirst: "is, are, am, was, were, do, does, did, can, could, will, would, shall, should, has, have, had, may, might, isn't, aren't, wasn't, don't, doesn't, didn't, can't, couldn't, won't, wouldn't, shouldn't, hasn't, haven't, " +
			"anyone, anybody, any, u guys, you guys",
		AskAlone:    "anyone know, does anyone, does anybody, has anyone, is anyone else, can anyone, can someone, can somebody, could someone, anybody know, does any one know, how do i, how can i, how do you, where can i, where do i, what is the best way to, can you please tell me, could you tell me, can you tell me, i was wondering if, i am wondering if, wondering whether, just wondering if, i would like to know, i want to know, please let me know, any idea how, any idea why, any idea when, any idea if, can i still, is it possible to, is there a way to, is there any way to",
		Wish:        "would be nice if, would be great if, would be good if, would be cool if, would be awesome if, would be better if, would be helpful if, would be nice to have, would love to see, would love it if, i'd love to see, i'd love it if, would like to see, i'd like to see, would like to have, please add, please include, please allow, please provide, please enable, please support, please give us, could you add, can you add, can you please add, could you please add, could you make, needs to have, should have an option, should have the option, should be able to, should add, should allow, should include, should support, should provide, should consider, should make, should offer, should be added, should be an option, i suggest, i'd suggest, my suggestion, suggestion, i propose, i recommend adding, how about adding, wish there was, wish there were, wish you would, wish you could, wish it had, wish it would, wish we could, wish i could, needs an option, need an option, add an option, add the option, add the ability, add support, only thing missing, would be perfect if, bring back, there should be an option, there should be a way, you should add, you should make, you guys should, why not add, why don't you add, make it possible to, would be nice, would be a great feature, it'd be nice, it'd be great, would be so much better, would like to be able, want to be able, need to be able, should be possible, should be included, should be supported, should be allowed, should have a, should let, should also, please improve, please change, please remove, please bring, please extend, please offer",
		Buy:         "want to buy, wanna buy, want to get a, going to buy, gonna buy, gotta buy, looking to buy, thinking of buying, thinking about buying, thinking of getting, thinking about getting, considering buying, considering on getting, considering getting, planning to buy, planning on buying, planning on getting, where can i buy, where can i get, where to buy, should i buy, should i get, ready to buy, can't wait to buy, can't wait to get, need to buy, have to buy, will buy, i'll buy, i will be buying, is it worth buying, worth buying, worth the price, worth the money, worth it to buy, in the market for, looking for a new, shopping for, how much is, how much does, how much are, how much for, do you ship to, is it in stock, in stock, pre order, preorder, pre ordering, pre ordered, upgrade to the, upgrading to the, getting the new, getting a new, buying the, buying a, get me a, i want the new, i need the new, i want a, i want an, i need a new, take my money, buy it, buy one, order one, save up for, saving up for",
		ToBuy:       "buy, purchase, preorder",
		Praising:    "great service, amazing service, excellent service, good service, great customer service, excellent customer service, amazing customer service, best service, well done, good job, great job, great work, nice work, good work, awesome job, kudos, kudos to, shout out to, shoutout to, hats off, thank you for, thanks for, thank you so much, thanks so much, thank you, many thanks, big thanks, i love, i really love, love this, love the, love my, love your, loving the, loving my, best ever, the best, highly recommend, would recommend, i recommend, recommended, impressed, very happy with, so happy with, really happy with, pleased with, works great, works perfectly, works well, works like a charm, excellent, fantastic, awesome, amazing, brilliant, perfect, great app, great product, good app, nice app, great phone, great quality, delicious, superb, keep up the good work, keep it up, you guys rock, favorite, favourite",
		Complaining: "refund, my money back, want my money, compensation, no response, no reply, no answer, never answer, not working, doesn't work, does not work, didn't work, don't work, isn't working, won't work, stopped working, not worked, still waiting, been waiting, still no, still not, on hold, worst service, bad service, poor service, terrible service, awful service, horrible service, customer service is, your customer service, unacceptable, disappointed, disappointing, ridiculous, joke, disgrace, disgusting, disgraceful, appalling, pathetic, useless, rip off, ripped off, scam, fraud, overcharged, charged me, charged twice, charging me, broken, broke, defective, faulty, damaged, crashes, crashing, keeps crashing, keeps freezing, freezes, crash, bug, bugs, glitch, error, errors, fix this, fix it, fix your, please fix, sort it out, get your act together, never again, never buying, never shopping, never using, never ordering, cancel my, cancelling my, canceling my, cancelled my, delayed, late again, lost my, missing from my, wrong order, wrong item, cold food, rude, ignored, ignoring me, waste of, what's going on, can't log in, cannot log in, can't access, unable to, won't let me, fed up, had enough, complaint, complain, complaining, no help, not helpful, unhelpful, not happy, unhappy with, not impressed, outage, is down, slow, sucks",
	},
	"de": {
		Ask:         "was, warum, wieso, weshalb, wie, wann, wo, woher, wohin, wer, wem, wen, welche, welcher, welches, welchen, wieviel, oder",
		AskFirst:    "ist, sind, seid, bin, war, hat, haben, habt, hast, kann, können, könnt, könnte, könnten, kannst, gibt, gibts, darf, dürfen, muss, müssen, soll, sollte, wird, werden, würde, weiß, weiss, wisst, weißt, kennt, kennst, macht, geht, kommt, hört, wollt, willst, jemand, und",
		AskAlone:    "weiß jemand, weiss jemand, weiß einer, kann mir jemand, kann jemand, kennt jemand, hat jemand, wisst ihr ob, wie kann ich, wo finde ich, wo kann ich, wo bekomme ich, ich wollte fragen, ich würde gerne wissen, ich wüsste gerne, gibt es eine möglichkeit, könnt ihr mir sagen, können sie mir sagen",
		Wish:        "wäre schön wenn, wäre toll wenn, wäre gut wenn, wäre super wenn, wäre cool wenn, wäre besser wenn, wäre klasse wenn, wäre nett wenn, wäre es möglich, ich wünsche mir, würde mir wünschen, wünschte, bitte fügt, bitte baut, bitte macht, könntet ihr bitte, könnt ihr bitte, ihr solltet, man sollte, sie sollten, solltet ihr, mein vorschlag, vorschlag, verbesserungsvorschlag, ich schlage vor, würde vorschlagen, warum nicht, wie wäre es mit, wie wärs mit, würde mich freuen, es fehlt, was fehlt, fände es gut, fände es toll, fände es schön, es wäre schön, es wäre toll, es wäre gut, es wäre hilfreich, wäre hilfreich wenn, wäre praktisch wenn, wünschenswert, bitte ergänzt, bitte ermöglicht, bitte erlaubt, bitte führt, sollte es geben, es sollte eine, es sollte einen, es müsste, sollte möglich sein, könntet ihr nicht, bringt bitte, wäre gold wert, würde helfen wenn, verbesserungsidee, sollte auch, sollten auch, könnte man nicht, könntet ihr, könnten sie bitte",
		Buy:         "will ich kaufen, möchte ich kaufen, werde ich kaufen, will mir, möchte mir, werde mir, kaufen will, kaufen möchte, zu kaufen, wo kann ich kaufen, wo bekomme ich, wo gibt es, kaufe ich mir, kaufe mir, kauf ich mir, hole ich mir, hol ich mir, hole mir, bestelle mir, überlege mir, lohnt sich der kauf, lohnt sich das, lohnt es sich, kaufempfehlung, was kostet, wie viel kostet, wie teuer ist, vorbestellen, vorbestellt, will haben, muss ich haben, brauche ein neues, brauche einen neuen, brauche eine neue, suche ein neues, suche einen neuen, suche eine neue, kaufe ich, bestelle ich",
		ToBuy:       "kaufen, bestellen, vorbestellen",
		Praising:    "super service, toller service, guter service, klasse service, bester service, danke für, vielen dank, danke schön, dankeschön, danke, gut gemacht, gute arbeit, tolle arbeit, großes lob, grosses lob, lob an, begeistert, ich liebe, liebe es, beste, besten, empfehlenswert, kann ich nur empfehlen, empfehlen, weiter so, top, hervorragend, fantastisch, perfekt, klasse, großartig, ausgezeichnet, sehr zufrieden, super zufrieden, echt gut, richtig gut, lecker, wunderbar, wunderschön, schmeckt",
		Complaining: "geht nicht, funktioniert nicht, geht nichts, klappt nicht, keine antwort, keine reaktion, keine hilfe, kein service, schlechter service, mieser service, unverschämt, unverschämtheit, frechheit, peinlich, lächerlich, enttäuscht, enttäuschend, kaputt, defekt, beschädigt, abzocke, betrug, geld zurück, erstattung, rückerstattung, reklamation, beschwerde, beschweren, warte seit, warte immer noch, seit tagen, seit wochen, seit stunden, schon wieder, verspätung, ausgefallen, fällt aus, stürzt ab, absturz, fehler, störung, nie wieder, nicht erreichbar, warteschleife, kündigen, kündigung, schlimm, katastrophe, zumutung, saftladen, nervt, ärgerlich, unfreundlich, unmöglich",
	},
	"fi": {
		Ask:         "mitä, mikä, mitkä, miksi, miten, milloin, missä, mistä, mihin, minne, kuka, ketkä, kenen, kuinka, monelta, paljonko, montako, millainen, millaisia, kumpi, entä, vai, jooko",
		AskFirst:    "onko, voiko, voisiko, saako, pitääkö, tuleeko, toimiiko, löytyykö, oletteko, oletko, ovatko, eikö, ettekö, etkö, voitteko, tietääkö, osaako, kannattaako, milloinkohan",
		AskAlone:    "tietääkö joku, tietääkö kukaan, osaako joku, osaisiko joku, onko kenelläkään, onko kellään, onko joku, miten voin, mistä löydän, mistä saa, haluaisin tietää, haluaisin kysyä, kysyisin, voisiko joku, osaatteko sanoa, osaatko sanoa, kannattaako",
		Wish:        "olisi kiva jos, olis kiva jos, olisi hienoa jos, olisi hyvä jos, olis hyvä jos, olisi mukava jos, olisi parempi jos, olisi mahtavaa jos, toivoisin, toivon että, toivottavasti lisäätte, voisitteko lisätä, voisitko lisätä, voisitteko tehdä, lisätkää, lisääkää, ehdotan, ehdotus, ehdotukseni, parannusehdotus, miksette, miksi ette, pitäisi lisätä, kannattaisi lisätä, kaipaisin, kaipaan, saisiko, olisi hyvä, pitäisi saada, olisi kätevää jos, olisi hyödyllistä, toivoisin että, lisätkää kiitos, voisitte lisätä, pitäisi voida, pitäisi olla mahdollista, ehdottaisin, voisi olla, voisi tarjota, voisi antaa, voisi lisätä, voisi tehdä, voisi toimia, voisivat, voisiko, toive, toiveena, saisi olla, olisi syytä",
		Buy:         "aion ostaa, haluan ostaa, haluaisin ostaa, pitää ostaa, pitäisi ostaa, täytyy ostaa, ostan, ostaisin, mistä voi ostaa, mistä voin ostaa, mistä saa ostaa, mistä saa, kannattaako ostaa, paljonko maksaa, mitä maksaa, harkitsen, ajattelin ostaa, ajattelin hankkia, aion hankkia, haluan tämän, haluan tuon, tilaan, tilaisin, ennakkotilaus, ennakkotilata, ostoslistalla, hankintalistalla, etsin uutta",
		ToBuy:       "ostaa, ostettua, hankkia, tilata",
		Praising:    "kiitos, kiitokset, kiitti, suuri kiitos, iso kiitos, hyvää palvelua, loistavaa palvelua, erinomaista palvelua, loistava palvelu, hyvä palvelu, erinomainen palvelu, mahtava palvelu, ihana palvelu, hyvin tehty, hienoa työtä, hyvää työtä, rakastan, paras, parasta, parhaat, suosittelen, lämpimästi suosittelen, mahtava, mahtavaa, loistava, loistavaa, loistavasti, erinomainen, upea, upeaa, ihana, ihanaa, täydellinen, täydellistä, huippu, tyytyväinen, todella hyvä, tosi hyvä, herkullista, hyvää",
		Complaining: "ei toimi, eivät toimi, ei vastaa, ei vastata, kukaan ei vastaa, ei vastausta, ei mitään apua, huono palvelu, surkea palvelu, surkeaa palvelua, huonoa palvelua, pettynyt, pettymys, rikki, viallinen, vioittunut, rahat takaisin, hyvitys, hyvitystä, reklamaatio, valitus, valittaa, odotan edelleen, odotan vieläkin, odottanut, myöhässä, taas myöhässä, peruttu, kaatuu, kaatuilee, vika, virhe, häiriö, en enää koskaan, ei enää ikinä, ei enää koskaan, häpeällistä, naurettavaa, järkyttävää, törkeää, törkeä, uskomatonta, ala-arvoista, surkea, surkeaa, huijaus, kadonnut, hukassa, jonossa, jonottaa, irtisanon, peruutan, paska, paskaa, ärsyttää, hidas, jumittaa",
	},
	"zh": {
		Ask:         "什么, 怎么, 为什么, 为何, 哪里, 哪儿, 哪个, 哪些, 谁, 多少, 几点, 几个, 何时, 什么时候, 吗, 呢, 是不是, 有没有, 能不能, 可不可以, 会不会, 要不要, 如何, 怎样, 咋, 多久, 多大, 甚麼, 怎麼, 嗎, 誰",
		AskAlone:    "请问, 請問, 有人知道, 谁知道, 有谁知道, 想问一下, 想问下, 问一下, 求解, 求教, 求助, 有没有人, 谁能告诉我, 怎么办, 怎么才能, 如何才能, 是什么意思, 什么时候才",
		Wish:        "建议, 建議, 希望能, 希望可以, 希望增加, 希望加, 希望你们, 希望以后, 希望官方, 希望商家, 希望店家, 希望改进, 希望改善, 希望下次, 要是能, 如果能, 如果可以, 最好能, 最好是, 能不能加, 能不能增加, 可以考虑, 应该加, 应该增加, 不如, 求增加, 求添加, 要是有, 就更好了, 就更完美了, 会更好",
		Buy:         "想买, 想要买, 准备买, 打算买, 要买, 准备入手, 打算入手, 想入手, 入手, 求购, 求推荐, 哪里买, 哪里可以买, 哪里能买, 在哪买, 怎么买, 怎么卖, 多少钱, 值得买, 值不值得, 值得入手, 预订, 预购, 种草, 下单, 剁手, 好想要, 想要一个, 想换, 我要买",
		ToBuy:       "买, 购买, 入手",
		Praising:    "好评, 五星, 点赞, 赞, 推荐, 强烈推荐, 值得推荐, 值得购买, 值得拥有, 很好用, 好用, 好吃, 很好吃, 好喝, 很满意, 非常满意, 满意, 服务很好, 服务好, 服务态度好, 服务周到, 性价比高, 物美价廉, 喜欢, 很喜欢, 感谢, 谢谢, 给力, 棒, 太棒了, 完美, 不错, 很不错, 优秀, 热情, 下次还会, 还会再来, 爱了, 良心",
		Complaining: "差评, 投诉, 退款, 退货, 退钱, 骗子, 欺骗, 骗人, 垃圾, 太差, 很差, 差劲, 坏了, 不能用, 用不了, 打不开, 没反应, 没人回复, 不回复, 没人理, 不理人, 客服, 失望, 恶心, 上当, 假货, 质量差, 质量问题, 态度差, 态度恶劣, 服务差, 再也不, 再也不会, 后悔, 坑, 坑人, 无语, 漏发, 少发, 发错, 破损, 慢死, 太慢, 闪退, 卡死, 故障, 凉了, 难吃, 难喝, 等了, 不退, 维权",
	},
	"fr": {
		Ask:         "quoi, pourquoi, comment, quand, où, ou, qui, quel, quelle, quels, quelles, combien, que, est-ce que, est-ce qu, qu'est-ce, lequel",
		AskFirst:    "est, sont, avez, peut, peux, pouvez, pourriez, pourrait, y a-t-il, savez, faut, as, es, êtes, serait, va, quelqu'un",
		AskAlone:    "quelqu'un sait, quelqu'un peut, quelqu'un pourrait, est-ce que quelqu'un, comment puis-je, comment faire pour, où puis-je, je voudrais savoir, j'aimerais savoir, savez-vous, pouvez-vous me dire, pourriez-vous me dire, est-il possible",
		Wish:        "ce serait bien si, ce serait bien de, ce serait cool, ce serait génial, serait bien, serait mieux, il serait bien, il faudrait, vous devriez, ils devraient, on devrait, je suggère, ma suggestion, suggestion, je propose, pourriez-vous ajouter, pouvez-vous ajouter, merci d'ajouter, ajoutez, pourquoi ne pas, et si vous, j'aimerais que, j'aimerais pouvoir, dommage qu'il n'y ait pas, il manque, ce serait super si, ce serait utile, il serait utile, serait pratique, veuillez ajouter, on devrait pouvoir, devrait offrir, devrait proposer, devrait permettre, devrait ajouter, devrait avoir, devriez, devraient",
		Buy:         "je veux acheter, je vais acheter, j'aimerais acheter, voudrais acheter, envie d'acheter, envie de l'acheter, compte acheter, où acheter, où puis-je acheter, je vais commander, je veux commander, je vais me prendre, combien coûte, quel est le prix, ça vaut le coup, précommander, précommande, précommandé, il me le faut, il me faut, je cherche un nouveau, je cherche une nouvelle, je vais craquer",
		ToBuy:       "acheter, commander",
		Praising:    "merci pour, merci beaucoup, merci à, merci, un grand merci, bravo, bon travail, beau travail, excellent service, super service, service au top, au top, j'adore, je recommande, je vous recommande, parfait, parfaite, génial, géniale, excellent, excellente, formidable, magnifique, très satisfait, très contente, très content, ravi, ravie, le meilleur, la meilleure, chapeau, impeccable, délicieux, bon boulot",
		Complaining: "ne marche pas, marche pas, ne fonctionne pas, fonctionne pas, ne fonctionne plus, ne marche plus, aucune réponse, pas de réponse, ne répond, ne répondent, répond jamais, service client, remboursement, remboursez, remboursé, rembourser, arnaque, scandaleux, inadmissible, inacceptable, lamentable, honteux, honte, déçu, déçue, décevant, cassé, en panne, panne, bug, bugs, en retard, retard, annulé, toujours pas, j'attends, attends depuis, depuis des jours, plus jamais, réclamation, plainte, foutage de gueule, se moque, nul, nulle, voleurs, incompétents, injoignable, n'importe quoi",
	},
	"es": {
		Ask:         "qué, que, por qué, porque, cómo, como, cuándo, cuando, dónde, donde, quién, quien, quiénes, cuál, cual, cuáles, cuánto, cuanto, cuánta, cuántos, verdad, no",
		AskFirst:    "es, son, hay, puedo, puede, pueden, podéis, podrían, tienen, tenéis, tiene, alguien, sabe, sabéis, saben, se puede, está, están, va, van, me pueden",
		AskAlone:    "alguien sabe, alguien puede, alguien me puede, alguien tiene, sabe alguien, cómo puedo, dónde puedo, me pueden decir, me podéis decir, quisiera saber, me gustaría saber, quería saber, una pregunta, es posible",
		Wish:        "estaría bien que, estaría bien, estaría genial, sería bueno, sería genial, sería ideal, sería mejor, deberían, deberíais, debería haber, podrían añadir, podríais añadir, podrían agregar, podrían poner, por favor agreguen, por favor añadan, sugiero, sugerencia, mi sugerencia, propongo, por qué no ponen, por qué no hacen, ojalá pongan, ojalá añadan, me gustaría que, falta una opción, falta un, estaría bien si, sería bueno que, sería genial si, sería útil, deberían añadir, deberían agregar, deberían permitir, agreguen, añadan, me gustaría poder, debería poder",
		Buy:         "quiero comprar, quiero comprarme, voy a comprar, voy a comprarme, me voy a comprar, quisiera comprar, me gustaría comprar, pienso comprar, pensando en comprar, dónde puedo comprar, dónde comprar, dónde lo venden, cuánto cuesta, cuánto vale, qué precio, precio, vale la pena, reservar, preventa, lo necesito, lo quiero, necesito comprar, estoy buscando un, ahorrando para",
		ToBuy:       "comprar, pedir",
		Praising:    "gracias por, muchas gracias, mil gracias, gracias, buen servicio, excelente servicio, gran servicio, buen trabajo, gran trabajo, felicidades, enhorabuena, me encanta, me encantó, lo recomiendo, recomiendo, recomendable, recomendado, excelente, perfecto, perfecta, genial, fantástico, increíble, el mejor, la mejor, los mejores, muy contento, muy contenta, satisfecho, riquísimo, buenísimo, maravilloso, de diez",
		Complaining: "no funciona, no funcionan, no sirve, no me funciona, no responden, nadie responde, no contestan, nadie contesta, sin respuesta, sigo esperando, llevo esperando, mal servicio, pésimo servicio, pésima atención, mala atención, atención al cliente, reembolso, devolución, devuelvan, mi dinero, estafa, estafadores, ladrones, vergüenza, vergonzoso, decepcionado, decepcionada, decepción, decepcionante, roto, rota, defectuoso, averiado, retraso, con retraso, cancelado, se cae, error, falla, fallo, fallando, nunca más, queja, reclamo, reclamación, inaceptable, pésimo, pésima, horrible, asco, inútiles",
	},
	"pt": {
		Ask:         "que, quê, por que, porque, pq, como, quando, onde, quem, qual, quais, quanto, quanta, quantos, cadê, né, será que",
		AskFirst:    "é, são, tem, têm, pode, podem, posso, poderiam, alguém, vai, vão, vocês, vcs, dá, está, tá, existe",
		AskAlone:    "alguém sabe, alguem sabe, alguém pode, alguém me, alguém tem, como faço, como eu faço, como posso, onde posso, onde encontro, gostaria de saber, queria saber, podem me dizer, pode me dizer, vocês podem me, será que",
		Wish:        "seria bom se, seria legal se, seria ótimo se, seria melhor se, seria interessante, seria bom, seria legal, deveriam, deveria ter, deveria haver, podiam colocar, podiam fazer, poderiam colocar, poderiam adicionar, poderia ter, podia ter, por favor adicionem, por favor coloquem, coloquem, adicionem, sugiro, sugestão, minha sugestão, por que não fazem, por que não colocam, gostaria que, falta uma opção, bem que podia, bem que poderia, seria útil, deveriam adicionar, deveriam colocar, proponho, gostaria de poder",
		Buy:         "quero comprar, vou comprar, queria comprar, gostaria de comprar, pensando em comprar, preciso comprar, onde compro, onde posso comprar, onde comprar, quanto custa, qual o preço, qual o valor, vale a pena, pré-venda, pré-encomenda, quero um, quero uma, quero esse, preciso de um novo, preciso de uma nova, juntando dinheiro, vou pedir",
		ToBuy:       "comprar, encomendar",
		Praising:    "obrigado por, obrigada por, muito obrigado, muito obrigada, obrigado, obrigada, ótimo atendimento, excelente atendimento, bom atendimento, parabéns, bom trabalho, ótimo trabalho, adorei, amei, amo, eu amo, recomendo, super recomendo, excelente, perfeito, perfeita, maravilhoso, maravilhosa, incrível, o melhor, a melhor, os melhores, sensacional, nota dez, nota 10, delicioso, muito bom, muito boa, satisfeito",
		Complaining: "não funciona, nao funciona, não funcionam, não está funcionando, não responde, não respondem, ninguém responde, sem resposta, estou esperando, até agora nada, ainda não, péssimo atendimento, pessimo atendimento, mau atendimento, atendimento péssimo, atendimento horrível, reembolso, estorno, meu dinheiro, dinheiro de volta, golpe, ladrões, vergonha, vergonhoso, absurdo, decepcionado, decepcionada, decepção, decepcionante, quebrado, quebrou, defeito, atraso, atrasado, atrasou, cancelado, cancelar, travando, trava, erro, bug, nunca mais, reclamação, reclamar, reclame aqui, descaso, inaceitável, péssimo, péssima, horrível, lixo, ridículo",
	},
	"it": {
		Ask:         "cosa, che, perché, come, quando, dove, chi, quale, quali, quanto, quanti, quanta, vero",
		AskFirst:    "è, sono, c'è, ci sono, posso, può, potete, potrei, avete, hai, qualcuno, sapete, sai, si può, esiste",
		AskAlone:    "qualcuno sa, qualcuno può, qualcuno mi, qualcuno ha, come posso, come faccio, dove posso, dove trovo, vorrei sapere, volevo sapere, mi sapete dire, potete dirmi, è possibile",
		Wish:        "sarebbe bello se, sarebbe bello, sarebbe utile, sarebbe meglio, sarebbe fantastico, dovreste, dovrebbero, potreste aggiungere, potete aggiungere, aggiungete, suggerisco, suggerimento, propongo, consiglio di aggiungere, perché non, vorrei che, manca una, manca un, bisognerebbe, sarebbe utile se, sarebbe comodo, si dovrebbe poter, dovrebbe esserci, vorrei poter, per favore aggiungete",
		Buy:         "voglio comprare, vorrei comprare, comprerò, lo compro, la compro, sto pensando di comprare, pensavo di comprare, dove posso comprare, dove comprare, dove lo trovo, quanto costa, che prezzo, vale la pena, preordinare, preordine, preordinato, devo averlo, lo voglio, cerco un nuovo, cerco una nuova",
		ToBuy:       "comprare, acquistare, ordinare",
		Praising:    "grazie per, grazie mille, grazie a, grazie, ottimo servizio, servizio eccellente, ottimo lavoro, bel lavoro, complimenti, bravi, bravissimi, adoro, amo, lo consiglio, consigliato, consigliatissimo, eccellente, perfetto, perfetta, fantastico, fantastica, meraviglioso, stupendo, il migliore, la migliore, i migliori, soddisfatto, soddisfatta, buonissimo, ottimo, ottima",
		Complaining: "non funziona, non funzionano, non va, non risponde, non rispondono, nessuno risponde, nessuna risposta, sto aspettando, ancora aspetto, pessimo servizio, servizio pessimo, servizio clienti, assistenza, rimborso, rimborsate, soldi indietro, truffa, ladri, vergogna, vergognoso, vergognatevi, deluso, delusa, delusione, rotto, rotta, difettoso, guasto, ritardo, in ritardo, cancellato, si blocca, errore, mai più, reclamo, inaccettabile, pessimo, pessima, schifo, scandaloso, incompetenti, ridicolo",
	},
	"nl": {
		Ask:         "wat, waarom, hoe, wanneer, waar, wie, welke, welk, hoeveel",
		AskFirst:    "is, zijn, heeft, hebben, kan, kunnen, kunt, mag, moet, gaat, weet, wordt, komt, iemand, doen, zit",
		AskAlone:    "weet iemand, kan iemand, heeft iemand, kent iemand, hoe kan ik, waar kan ik, waar vind ik, ik vraag me af, kunnen jullie me vertellen, is het mogelijk",
		Wish:        "zou fijn zijn als, zou mooi zijn als, zou leuk zijn als, zou handig zijn als, zou beter zijn als, jullie zouden, zouden jullie, ik stel voor, suggestie, tip, graag toevoegen, waarom niet, ik zou graag, ik mis, het zou fijn zijn, het zou mooi zijn, het zou handig zijn, zou het mogelijk zijn, voeg toe, zou moeten kunnen, er zou een, ik stel voor om",
		Buy:         "wil ik kopen, ga ik kopen, wil kopen, ga kopen, waar kan ik kopen, te koop, wat kost, hoeveel kost, is het waard, de moeite waard, moet ik hebben, wil ik hebben, zoek een nieuwe, op zoek naar een nieuwe, voorbestellen, ga bestellen",
		ToBuy:       "kopen, bestellen",
		Praising:    "bedankt voor, dank voor, dank je wel, dankjewel, hartelijk dank, bedankt, goede service, top service, super service, goed gedaan, goed bezig, complimenten, compliment, geweldig, fantastisch, aanrader, uitstekend, prima, perfect, de beste, super blij, heel blij, tevreden, heerlijk, top",
		Complaining: "werkt niet, werken niet, doet het niet, geen reactie, geen antwoord, reageert niet, reageren niet, wacht nog, wacht al, slechte service, klantenservice, geld terug, terugbetaling, oplichting, oplichters, schandalig, schande, belachelijk, teleurgesteld, teleurstellend, kapot, defect, vertraging, te laat, geannuleerd, storing, foutmelding, nooit meer, klacht, onacceptabel, waardeloos, slecht, loopt vast",
	},
	"sv": {
		Ask:         "vad, varför, hur, när, var, vart, vem, vilka, vilken, vilket, eller",
		AskFirst:    "är, har, kan, kommer, finns, får, ska, vet, går, någon, tänker",
		AskAlone:    "någon som vet, vet någon, kan någon, har någon, hur kan jag, hur gör jag, var kan jag, var hittar jag, jag undrar, undrar om, går det att",
		Wish:        "vore bra om, vore kul om, vore trevligt om, skulle vara bra om, skulle vara kul om, önskar att ni, jag föreslår, förslag, ni borde, ni kan väl, kan ni lägga till, kan ni fixa, lägg till, varför inte, jag saknar, skulle vilja, det vore bra, det vore kul, vore praktiskt, vore smidigt, borde gå att, borde finnas, lägg gärna till, önskar att det",
		Buy:         "vill köpa, ska köpa, tänker köpa, funderar på att köpa, var kan jag köpa, vad kostar, hur mycket kostar, värt pengarna, måste ha, vill ha en, förbeställa, ska beställa, letar efter en ny",
		ToBuy:       "köpa, beställa",
		Praising:    "tack för, tack så mycket, stort tack, tack, bra service, toppen service, fantastisk service, bra jobbat, älskar, rekommenderar, rekommenderas, perfekt, fantastiskt, fantastisk, utmärkt, grymt, grym, bästa, toppen, nöjd, supernöjd, underbart, gott",
		Complaining: "fungerar inte, funkar inte, inget svar, svarar inte, ingen svarar, väntar fortfarande, väntat i, dålig service, usel service, kundtjänst, pengarna tillbaka, återbetalning, bedrägeri, skandal, skämmes, besviken, trasig, trasigt, defekt, försenad, försenat, inställt, kraschar, krasch, buggar, aldrig mer, klagomål, reklamation, oacceptabelt, värdelös, värdelöst, uselt, dåligt",
	},
	"ru": {
		Ask:         "что, чего, почему, зачем, как, когда, где, куда, откуда, кто, кому, какой, какая, какие, какое, сколько, чей, ли, разве, неужели",
		AskFirst:    "есть, можно, будет, будете, а, вы, кто-нибудь, это, можете, могу",
		AskAlone:    "кто знает, кто-нибудь знает, кто-то знает, подскажите, подскажите пожалуйста, не подскажете, скажите пожалуйста, как мне, где можно, хотел узнать, хотела узнать, хотелось бы узнать, можно ли, есть ли",
		Wish:        "было бы хорошо, было бы здорово, было бы неплохо, было бы круто, было бы удобно, было бы лучше, хотелось бы, предлагаю, предложение, добавьте, добавьте пожалуйста, сделайте, сделайте пожалуйста, верните, вам следует, следовало бы, стоило бы, надо бы, почему бы, не хватает",
		Buy:         "хочу купить, куплю, собираюсь купить, думаю купить, планирую купить, буду брать, хочу взять, где купить, где можно купить, сколько стоит, какая цена, почем, стоит ли брать, стоит ли покупать, предзаказ, надо купить, нужно купить, ищу новый, ищу новую, хочу заказать, закажу",
		ToBuy:       "купить, заказать, приобрести",
		Praising:    "спасибо за, большое спасибо, спасибо большое, огромное спасибо, спасибо, благодарю, благодарен, благодарна, отличный сервис, хороший сервис, отличная работа, молодцы, молодец, респект, люблю, обожаю, рекомендую, советую, отлично, супер, прекрасно, прекрасный, идеально, лучший, лучшая, лучшее, лучшие, великолепно, доволен, довольна, вкусно, классный, класс, замечательно",
		Complaining: "не работает, не работают, не отвечает, не отвечают, никто не отвечает, нет ответа, до сих пор, жду уже, не могу войти, не приходит, не пришел, не пришла, не пришло, плохой сервис, ужасный сервис, отвратительный сервис, верните деньги, возврат, вернуть деньги, обман, обманули, мошенники, развод, позор, безобразие, разочарован, разочарована, сломался, сломалась, сломано, брак, задержка, опоздал, отменили, вылетает, ошибка, глючит, виснет, никогда больше, больше никогда, жалоба, претензия, хамство, хамят, кошмар, ужас, отстой, отвратительно, тормозит",
	},
	"ja": {
		Ask:         "何, なに, なぜ, どうして, どう, いつ, どこ, 誰, だれ, どれ, どの, いくら, 何時, どんな, か",
		AskAlone:    "教えて, 教えてください, 誰か, ですか, ますか, でしょうか, ませんか, 知りたい, どうすれば, どうやって, わかる方, 知ってる人, 知っている方",
		Wish:        "してほしい, して欲しい, てほしい, て欲しい, 追加してほしい, あったらいいな, あればいいのに, あると嬉しい, だと嬉しい, してくれたら, ていただきたい, 要望, 提案, 改善してほしい, べき, ればいいのに, たらいいのに",
		Buy:         "買いたい, 買おう, 買おうかな, 購入したい, 購入予定, 欲しい, ほしい, 買うつもり, 買います, どこで買える, いくらですか, 予約した, 予約しました, 買う予定, 注文しよう, 検討中, ポチる",
		ToBuy:       "買え, 購入, 買う",
		Praising:    "ありがとう, ありがとうございます, 感謝, 最高, 素晴らしい, すばらしい, おいしい, 美味しい, 大好き, おすすめ, オススメ, 使いやすい, 便利, 気に入りました, 気に入って, 助かりました, 助かる, 嬉しい, さすが, 神対応, 良かった, よかった, 満足",
		Complaining: "動かない, 使えない, 届かない, 返信がない, 返事がない, 対応が悪い, 最悪, 返金, ひどい, 酷い, 壊れた, 壊れて, 不良品, 遅い, 遅れて, 遅延, 落ちる, バグ, エラー, 不具合, がっかり, 残念, 二度と, クレーム, 詐欺, ログインできない, できない, 困って, 困る, 腹立つ, ふざけるな, イライラ",
	},
	"ko": {
		Ask:         "뭐, 왜, 어떻게, 언제, 어디, 어디서, 누구, 누가, 무엇, 무슨, 얼마, 얼마나, 어떤, 몇",
		AskAlone:    "아시는 분, 알려주세요, 궁금해요, 궁금합니다, 질문이, 문의드립니다, 있나요, 되나요, 인가요, 할까요, 어떻게 하나요, 가능한가요, 언제쯤",
		Wish:        "해주세요, 추가해 주세요, 추가해주세요, 개선해주세요, 있으면 좋겠어요, 있었으면 좋겠어요, 좋겠어요, 좋겠습니다, 좋겠다, 건의, 제안, 바랍니다",
		Buy:         "사고 싶어요, 사고 싶다, 사고싶다, 살까, 살까요, 사야겠다, 사야지, 구매하고 싶어요, 구매 예정, 어디서 사나요, 얼마예요, 얼마인가요, 예약했어요, 주문하려고, 지르고",
		ToBuy:       "사나요, 살 수, 구매",
		Praising:    "감사합니다, 감사해요, 고맙습니다, 고마워요, 최고, 최고예요, 최고입니다, 추천, 추천합니다, 추천해요, 좋아요, 너무 좋아요, 친절하고, 친절해요, 맛있어요, 만족, 만족합니다, 훌륭해요, 완벽해요, 대박, 잘 쓰고",
		Complaining: "안돼요, 안되네요, 안 돼요, 작동하지, 작동이, 답변이 없, 환불, 실망, 실망했어요, 최악, 불친절, 고장, 불량, 늦어서, 너무 늦, 지연, 오류, 버그, 렉, 튕겨요, 튕김, 짜증, 다시는, 사기, 불편, 불만, 느려",
	},
	"id": {
		Ask:         "apa, kenapa, mengapa, bagaimana, gimana, kapan, dimana, di mana, siapa, berapa, mana, apakah, kah",
		AskFirst:    "bisa, ada, apa, masih, boleh, udah, sudah",
		AskAlone:    "ada yang tau, ada yang tahu, ada yg tau, mau tanya, mau nanya, numpang tanya, tolong info, gimana caranya, bagaimana cara, apakah bisa, apakah ada, min mau tanya",
		Wish:        "saran, sebaiknya, seharusnya, harusnya, tolong tambahkan, mohon ditambahkan, tolong perbaiki, semoga bisa, alangkah baiknya, lebih baik kalau, coba dong, andai, usul, mending",
		Buy:         "mau beli, pengen beli, ingin beli, ingin membeli, pengen punya, rencana beli, beli dimana, beli di mana, harganya berapa, berapa harganya, berapa harga, pre order, mau pesan, mau order, worth it",
		ToBuy:       "beli, order, pesan",
		Praising:    "terima kasih, makasih, terimakasih, mantap, keren, bagus banget, bagus, recommended, rekomen, suka banget, enak, enak banget, pelayanan ramah, ramah, puas, memuaskan, the best, terbaik, sukses, luar biasa, nyaman",
		Complaining: "tidak bisa, gak bisa, ga bisa, nggak bisa, tidak berfungsi, gak ada respon, tidak ada respon, belum sampai, belum dikirim, kecewa, mengecewakan, pelayanan buruk, refund, uang kembali, kembalikan, penipuan, penipu, rusak, error, lemot, lambat, lama banget, telat, gangguan, parah, payah, komplain, keluhan, kapok, jelek, buruk, nunggu, kasar, tidak ramah",
	},
	"tr": {
		Ask:         "ne, neden, niye, niçin, nasıl, ne zaman, nerede, nereden, kim, hangi, kaç, mi, mı, mu, mü, misiniz, mısınız, musunuz, müsünüz",
		AskAlone:    "bilen var mı, bilen var mi, bilgisi olan, yardımcı olur musunuz, nasıl yapabilirim, nereden alabilirim, öğrenebilir miyim, acaba",
		Wish:        "olsa güzel olur, olsa iyi olur, olsa süper olur, eklerseniz, ekleyin, lütfen ekleyin, önerim, öneri, tavsiyem, keşke, getirin, yapmalısınız, eklenmeli, olmalı",
		Buy:         "almak istiyorum, satın almak, alacağım, alıcam, almayı düşünüyorum, fiyatı ne kadar, fiyatı nedir, kaç para, nereden alınır, alınır mı, ön sipariş, sipariş vereceğim",
		ToBuy:       "satın, alabilirim",
		Praising:    "teşekkürler, teşekkür ederim, teşekkür ederiz, çok teşekkürler, sağolun, elinize sağlık, harika, mükemmel, süper, bayıldım, tavsiye ederim, çok beğendim, çok güzel, en iyi, memnun, memnun kaldım, lezzetli, başarılı",
		Complaining: "çalışmıyor, cevap vermiyor, cevap yok, dönüş yapılmadı, hala gelmedi, gelmedi, iade, paramı, rezalet, berbat, dolandırıcı, dolandırıcılık, şikayet, şikayetçiyim, mağdur, bozuk, arızalı, gecikme, geç geldi, iptal, hata, çöktü, hayal kırıklığı, bir daha asla, kötü, ilgisiz, yavaş, kepazelik",
	},
	"pl": {
		Ask:         "co, dlaczego, czemu, jak, kiedy, gdzie, kto, jaki, jaka, jakie, który, ile, czy",
		AskFirst:    "czy, jest, macie, można, mogę, będzie, ktoś",
		AskAlone:    "czy ktoś wie, ktoś wie, wie ktoś, czy ktoś, jak mogę, gdzie mogę, chciałbym zapytać, chciałabym zapytać, czy można, czy jest możliwość",
		Wish:        "byłoby fajnie, byłoby dobrze, byłoby super, fajnie by było, przydałoby się, przydałaby się, proponuję, sugeruję, sugestia, propozycja, dodajcie, proszę dodać, powinniście, chciałbym żeby, brakuje, byłoby miło gdyby, byłoby dobrze gdyby, dobrze by było, powinna być możliwość, dodajcie proszę, chciałabym żeby",
		Buy:         "chcę kupić, zamierzam kupić, kupię, chciałbym kupić, chciałabym kupić, gdzie kupić, gdzie można kupić, ile kosztuje, jaka cena, warto kupić, przedsprzedaż, zamówię, muszę mieć, szukam nowego",
		ToBuy:       "kupić, zamówić",
		Praising:    "dziękuję za, dziękuję, dzięki za, dzięki, świetna obsługa, super obsługa, miła obsługa, dobra robota, brawo, uwielbiam, polecam, gorąco polecam, świetny, świetna, świetnie, doskonały, idealny, idealnie, najlepszy, najlepsza, rewelacja, rewelacyjny, super, zadowolony, zadowolona, pyszne",
		Complaining: "nie działa, nie działają, brak odpowiedzi, nikt nie odpowiada, nie odpowiada, nadal czekam, czekam już, ciągle czekam, zła obsługa, fatalna obsługa, zwrot pieniędzy, oszustwo, oszuści, skandal, żenada, kpina, rozczarowany, rozczarowana, zepsuty, zepsuty, uszkodzony, opóźnienie, spóźniony, odwołany, awaria, błąd, zawiesza, nigdy więcej, reklamacja, skarga, tragedia, dramat, beznadziejny, beznadzieja, porażka",
	},
	"ar": {
		Ask:         "ما, ماذا, لماذا, كيف, متى, أين, وين, من, هل, كم, أي, ليش, ايش, شو, ليه, فين, ازاي",
		AskAlone:    "هل يمكن, هل يوجد, هل أحد يعرف, حد يعرف, أحد يعرف, ممكن أعرف, اريد ان اعرف, لو سمحت, كيف يمكنني, أين يمكنني, هل من",
		Wish:        "أقترح, اقترح, اقتراح, ياليت, يا ليت, ليت, أتمنى أن, اتمنى ان, نتمنى, يفضل, لازم تضيفون, أضيفوا, من الأفضل",
		Buy:         "أريد شراء, اريد شراء, أبغى أشتري, ابي اشتري, عايز اشتري, كم السعر, كم سعر, بكم, من أين أشتري, وين الاقي, سأشتري, أفكر في شراء",
		ToBuy:       "شراء, أشتري, اشتري",
		Praising:    "شكرا, شكرا لكم, شكراً, شكرا جزيلا, رائع, رائعة, ممتاز, ممتازة, أفضل, أحب, احب, أنصح, انصح, خدمة ممتازة, خدمة رائعة, جميل, مبدعين, يعطيكم العافية, لذيذ, روعة",
		Complaining: "لا يعمل, لا تعمل, ما يشتغل, مايشتغل, لا أحد يرد, ما احد يرد, ماحد يرد, لا يوجد رد, بدون رد, خدمة سيئة, أسوأ, اسوأ, سيء, سيئة, استرجاع, رجعوا, فلوسي, نصب, نصابين, احتيال, شكوى, خايس, زفت, تأخير, متأخر, تأخر, معطل, عطل, خلل, مشكلة, محبط, للأسف, فاشل, فاشلة",
	},
	"th": {
		Ask:         "อะไร, ทำไม, ยังไง, อย่างไร, เมื่อไหร่, เมื่อไร, ที่ไหน, ใคร, เท่าไหร่, เท่าไร, กี่",
		AskAlone:    "ไหมคะ, ไหมครับ, มั้ยคะ, มั้ยครับ, ไหมค่ะ, มั๊ยคะ, มั้ยค่ะ, หรือเปล่า, รึเปล่า, หรือยัง, รึยัง, สอบถาม, ขอถาม, อยากทราบ, อยากรู้, ใครรู้, ใครเคย, เท่าไหร่คะ, เท่าไหร่ครับ, ยังไงคะ, ยังไงครับ, ที่ไหนคะ, ที่ไหนครับ, ได้ไหม, ได้มั้ย, มีไหม, มีมั้ย",
		Wish:        "อยากให้มี, อยากให้, น่าจะมี, น่าจะ, ควรจะ, ควรมี, แนะนำให้, เสนอ, ข้อเสนอ, ช่วยเพิ่ม",
		Buy:         "อยากซื้อ, จะซื้อ, ซื้อที่ไหน, ซื้อได้ที่ไหน, ราคาเท่าไหร่, ราคาเท่าไร, กี่บาท, สนใจ, อยากได้, จอง, พรีออเดอร์, สั่งซื้อ, หาซื้อ, น่าซื้อ, ตัดสินใจซื้อ",
		ToBuy:       "ซื้อ, สั่ง",
		Praising:    "ขอบคุณ, อร่อย, อร่อยมาก, ชอบมาก, ชอบ, ดีมาก, บริการดี, แนะนำเลย, ประทับใจ, เยี่ยม, สุดยอด, คุ้ม, คุ้มค่า, รักเลย, สวยมาก, ดีงาม, ดีจริง",
		Complaining: "แย่มาก, แย่, ห่วย, ผิดหวัง, ไม่ดี, ใช้ไม่ได้, ใช้งานไม่ได้, เสีย, พัง, ช้ามาก, รอนาน, นานมาก, ไม่ตอบ, ไม่มีใครตอบ, โกง, หลอกลวง, คืนเงิน, ร้องเรียน, ขอเงินคืน, ไม่พอใจ, ไม่ประทับใจ, เข็ด, ไม่ซื้ออีก, ไม่กินอีก, ล่ม, ค้าง, เด้ง",
	},
}
