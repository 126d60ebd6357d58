document.documentElement.dataset['scripted'] = '';
