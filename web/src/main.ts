import './design/app.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { register } from './area.ts'
import { areas, sentences } from './areas.ts'
import { prepareLanguage } from './language/language.svelte.ts'
import { useRoutes } from './navigation/router.ts'

register(areas, sentences)
useRoutes(Object.assign({}, ...areas.map((area) => ('routes' in area ? area.routes : {}))))
await prepareLanguage()
const target = document.getElementById('app')
if (target) mount(App, { target })
