package sign

// words are the phrases of each kind that words say, in all languages at once:
// spammers mix them. Written for this package.
var words = [Urges + 1]string{
	Follow: "subscribe,subscribe to,sub to,sub me,please sub,sub for sub,sub4sub,follow me,follow back,follow for follow,f4f,my channel,our channel,check out my,check out our,check out this,check my," +
		"visit my,visit our,link in bio,link in my bio,click here,click the link,click on the link,tap the link,watch my,thumbs up if,like and share,share this,dm me,dm us,add me,join my,join our," +
		"my profile,my page,my video,my music,my cover,new channel,new video,repost,like this comment,like my,see my,hear my,listen to my,my song,my songs,my new,my blog,my website,my site,my web site,my rap,my mixtape,my beats,my track,my tracks,my playlist,my fb page,my facebook,my instagram,look up,look me up,check me out,take a look at,help me get,help me reach,help us reach,vote for,give it a like,give me a like,leave a like,please like,please watch,please share,please check,please support,support my,i rap,making covers,i make music,we make music,i make videos,we make videos,give me a chance,give us a chance,take a second,take a minute,it would mean a lot,donate,gofundme,see and share,share your,subscribers,subs,just click,go to my,come check,gaming channel,channel and,like for like,visit,website called,blog,rt to win,retweet to win,like and retweet," +
		"abonniert,abonniere,mein kanal,meinem kanal,meinen kanal,folgt mir,folge mir,klick hier,klickt hier,link in der bio,schaut vorbei,schau vorbei,teile das," +
		"tilaa kanavani,tilatkaa,kanavani,seuraa minua,klikkaa tästä,linkki biossa,käy katsomassa,jaa tämä," +
		"关注我,加我,点击链接,点击这里,点这里,戳链接,扫码,转发抽奖,转发本条,互粉,求关注,主页链接," +
		"suscríbete,mi canal,sígueme,haz clic,enlace en la bio,abonne toi,abonnez vous,ma chaîne,cliquez ici,lien en bio,inscreva se,meu canal,clique aqui,link na bio,iscriviti,il mio canale,clicca qui," +
		"подписывайтесь,подпишись,мой канал,жми сюда,ссылка в профиле,переходи по ссылке",
	Money: "make money,make money online,real money,working from home,started earning,get paid,paid surveys,surveys,earn money,extra income,passive income,work from home,earn cash,free gift,free gifts,gift card,giveaway,free iphone,free followers,free bitcoin,win a,win an,won a prize,you have won,you won,winner,prize,jackpot,casino,betting," +
		"double your,investment opportunity,forex,binary options,crypto signals,bitcoin profit,airdrop,presale,per day from home,a month from home,guaranteed profit,no risk,cheap followers,buy followers,buy likes,promo code,discount code,coupon," +
		"geld verdienen,nebenverdienst,passives einkommen,gewinnspiel,gratis,kostenlose geschenkkarte,gutscheincode,rabattcode,gewonnen,geschenkkarte," +
		"ansaitse rahaa,tienaa rahaa,lisätuloja,arvonta,ilmainen lahja,lahjakortti,alennuskoodi,voitit,kasino," +
		"兼职,日赚,月入,赚钱,免费领,免费送,红包,抽奖,中奖,返现,优惠券,代购,刷单,博彩,彩票,投资理财,加盟," +
		"gana dinero,ganar dinero,sorteo,código de descuento,gratis hoy,gagner de l'argent,concours,code promo,ganhe dinheiro,sorteio,cupom,guadagna,guadagnare soldi,codice sconto," +
		"заработок,заработай,пассивный доход,розыгрыш,промокод,казино,ставки",
	Contact: "whatsapp,telegram,wechat,viber,text me at,call now,call me at,email me,contact me,reach me,inbox me,message me on,dm for,kik," +
		"schreib mir,ruf an,kontaktiere mich,whatsappaa,laita viestiä,ota yhteyttä numeroon,微信,加微信,加v,vx,qq群,加群,私信我,电话联系,contáctame,escríbeme,contactez moi,пишите в личку,пиши в лс,вотсап,телеграм",
	Urges: "limited time,limited offer,act now,hurry up,hurry,only today,today only,last chance,don't miss,do not miss,before it's too late,ends soon,ends tonight,while stocks last,spots left,100% free,100% real,legit,trust me,no scam,not a scam," +
		"nur heute,letzte chance,jetzt zugreifen,beeil dich,solange der vorrat reicht,nur noch heute,vain tänään,viimeinen tilaisuus,toimi nyt,kiirehdi,限时,仅限今天,最后一天,机会难得,先到先得,solo hoy,última oportunidad,date prisa," +
		"aujourd'hui seulement,dernière chance,só hoje,última chance,solo oggi,ultima occasione,только сегодня,успей,последний шанс",
}
